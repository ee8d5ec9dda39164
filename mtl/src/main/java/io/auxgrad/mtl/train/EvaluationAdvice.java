package io.auxgrad.mtl.train;

import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.OutOfDeviceMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;

/**
 * Says what would fit where an evaluation has run out of memory.
 *
 * @param network that is evaluated
 * @param size of images
 * @param batch images at a time
 * @param memory that is too small
 * @param peak measures what is in use at most, by images of a batch
 */
record EvaluationAdvice(
    MultiTaskNetwork network,
    ImageSize size,
    int batch,
    DeviceMemory memory,
    IntToLongFunction peak) {
  /** The message for the user. */
  String after(OutOfDeviceMemory e) {
    String failure = "evaluation does not fit into memory at train.batch=" + batch + ": ";
    return measured()
        .map(need -> failure + summary(need) + " [" + e.getMessage() + "]")
        .orElse(failure + e.getMessage());
  }

  private Optional<MemoryNeed> measured() {
    return MemoryNeed.measured(1, peak);
  }

  private String summary(MemoryNeed need) {
    memory.trim(); // what is held from now on and not in use belongs to recorded steps
    double room = MemoryNeed.room(memory, memory.usage().live());
    double roomWithoutSteps = MemoryNeed.room(memory, memory.usage().reserved());
    List<String> ways = new ArrayList<>();
    int fits = Math.min(need.largestBatch(room), batch - 1);
    if (fits >= 1) {
      ways.add("train.batch=" + fits);
    }
    if (need.of(batch) > room) {
      need.way("train.capture=never", batch, roomWithoutSteps).ifPresent(ways::add);
    }
    inBfloat16(room).ifPresent(ways::add);
    need.smallerSize(size, batch, room).ifPresent(smaller -> ways.add("data.size=" + smaller));
    return "a batch takes " + need.advice(batch, room, ways);
  }

  private Optional<String> inBfloat16(double room) {
    if (network.precision() != Precision.FP32) {
      return Optional.empty();
    }
    network.precision(Precision.BF16);
    try {
      return measured().flatMap(need -> need.way("precision=bf16", batch, room));
    } finally {
      network.precision(Precision.FP32);
    }
  }
}
