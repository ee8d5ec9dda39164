package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.ModelConfig;
import io.auxgrad.mtl.data.Augmentation;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.BatchSource;
import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.Bytes;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.OutOfDeviceMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what would fit where a training has run out of memory. What a step takes is measured on two
 * small batches, whose difference is the memory of an image.
 */
final class MemoryAdvice {
  /** What fragments and vendor libraries may take. */
  private static final double USABLE = 0.95;

  /** Sizes in the advice are multiples of it: the encoder's stride. */
  private static final int STRIDE = 32;

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

  /** The bytes of a step of no image, and of each image. */
  private record Need(double base, double perImage) {
    long of(int batch) {
      return Math.round(base + batch * perImage);
    }

    int largestBatch(double room) {
      return (int) Math.max(0, Math.floor((room - base) / perImage));
    }
  }

  /** The message for the user. */
  String after(OutOfDeviceMemory e) {
    int batch = config.train().batch();
    String failure = "training does not fit into memory at train.batch=" + batch + ": ";
    double room = USABLE * room();
    return measured()
        .map(need -> failure + summary(need, room) + " [" + e.getMessage() + "]")
        .orElse(failure + e.getMessage());
  }

  private String summary(Need need, double room) {
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
    smallerSize(need, room).ifPresent(size -> ways.add("data.size=" + size));
    return "a step takes about %s by smaller ones that were measured, and %s can be had; %s"
        .formatted(
            Bytes.text(need.of(batch)),
            Bytes.text(Math.round(room)),
            ways.isEmpty()
                ? "make train.batch and data.size smaller"
                : "what would fit: " + String.join(", or ", ways));
  }

  private Optional<String> way(String setting, double room) {
    return measured()
        .filter(need -> need.of(config.train().batch()) <= room)
        .map(need ->
            "%s (about %s)".formatted(setting, Bytes.text(need.of(config.train().batch()))));
  }

  // The memory of an image goes with its pixels.
  private Optional<ImageSize> smallerSize(Need need, double room) {
    double share = (room - need.base) / (config.train().batch() * need.perImage);
    double side = Math.sqrt(Math.clamp(share, 0, 1));
    int height = (int) (config.data().size().height() * side) / STRIDE * STRIDE;
    int width = (int) (config.data().size().width() * side) / STRIDE * STRIDE;
    return height >= STRIDE && width >= STRIDE
        ? Optional.of(new ImageSize(height, width))
        : Optional.empty();
  }

  /** What this process can have, what it has included. */
  private double room() {
    return memory.capacity().free() + (double) memory.usage().reserved();
  }

  /** Empty where not even small batches fit. */
  private Optional<Need> measured() {
    try {
      peak(smallest()); // makes what an optimiser remembers
      long one = peak(smallest());
      double perImage = Math.max(1, peak(smallest() + 1) - one);
      return Optional.of(new Need(one - smallest() * perImage, perImage));
    } catch (OutOfDeviceMemory e) {
      return Optional.empty();
    }
  }

  private int smallest() {
    return config.model().decoder() == ModelConfig.Decoder.DEEPLABV3 ? 2 : 1;
  }

  private long peak(int images) {
    try (BatchSource source =
            BatchSource.training(
                dataset, Augmentation.none(), config.data().size(), images, 0, 0, 0, 1);
        Batch batch = Batch.upload(memory, source.next())) {
      long[] peak = {0};
      Launch.listen(
          (_, kernel, _) -> {
            peak[0] = Math.max(peak[0], memory.usage().live());
            kernel.run();
          },
          () -> learner.rehearse(batch));
      return peak[0];
    }
  }
}
