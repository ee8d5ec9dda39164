package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.ModelConfig;
import io.auxgrad.mtl.data.Augmentation;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.BatchSource;
import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.OutOfDeviceMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what would fit where a training has run out of memory. */
final class MemoryAdvice {
  private final Config config;
  private final Learner learner;
  private final Dataset dataset;
  private final DeviceMemory memory;

  MemoryAdvice(Config config, Learner learner, Dataset dataset, DeviceMemory memory) {
    this.config = config;
    this.learner = learner;
    this.dataset = dataset;
    this.memory = memory;
  }

  /** The message for the user. */
  String after(OutOfDeviceMemory e) {
    int batch = config.train().batch();
    String failure = "training does not fit into memory at train.batch=" + batch + ": ";
    double room = MemoryNeed.room(memory, memory.usage().reserved());
    return measured()
        .map(need -> failure + summary(need, room) + " [" + e.getMessage() + "]")
        .orElse(failure + e.getMessage());
  }

  private String summary(MemoryNeed need, double room) {
    int batch = config.train().batch();
    List<String> ways = new ArrayList<>();
    int fits = Math.min(need.largestBatch(room), batch - 1);
    if (fits >= smallest()) {
      ways.add("train.batch=" + fits);
    }
    MultiTaskNetwork network = learner.network();
    if (config.precision() == Precision.FP32) {
      network.precision(Precision.BF16);
      way("precision=bf16", room).ifPresent(ways::add);
      network.precision(Precision.FP32);
    }
    if (!config.train().checkpointing()) {
      network.checkpointing(true);
      way("train.checkpointing=true", room).ifPresent(ways::add);
      network.checkpointing(false);
    }
    need.smallerSize(config.data().size(), batch, room)
        .ifPresent(size -> ways.add("data.size=" + size));
    return "a step takes " + need.advice(batch, room, ways);
  }

  private Optional<String> way(String setting, double room) {
    return measured().flatMap(need -> need.way(setting, config.train().batch(), room));
  }

  private Optional<MemoryNeed> measured() {
    return MemoryNeed.measured(smallest(), this::peak);
  }

  private int smallest() {
    return config.model().decoder() == ModelConfig.Decoder.DEEPLABV3 ? 2 : 1;
  }

  private long peak(int images) {
    try (BatchSource source =
            BatchSource.training(
                dataset, Augmentation.none(), config.data().size(), images, 0, 0, 0, 1);
        Batch batch = Batch.upload(memory, source.next())) {
      return MemoryNeed.peak(memory, () -> learner.rehearse(batch));
    }
  }
}
