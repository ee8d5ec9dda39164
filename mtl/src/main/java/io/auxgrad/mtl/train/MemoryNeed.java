package io.auxgrad.mtl.train;

import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.tensor.Bytes;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.OutOfDeviceMemory;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;

/**
 * The bytes that a computation on a batch takes. They are measured on two small batches, whose
 * difference is the memory of an image.
 *
 * @param base without images
 * @param perImage of each image
 */
record MemoryNeed(double base, double perImage) {
  /** What fragments and vendor libraries may take. */
  private static final double USABLE = 0.95;

  /** Sizes in an advice are multiples of it: the encoder's stride. */
  private static final int STRIDE = 32;

  /**
   * Empty where not even small batches fit.
   *
   * @param smallest images that a batch must have
   * @param peak the bytes in use at most, by images
   */
  static Optional<MemoryNeed> measured(int smallest, IntToLongFunction peak) {
    try {
      var _ = peak.applyAsLong(smallest); // makes what stays, as what an optimiser remembers
      long one = peak.applyAsLong(smallest);
      double perImage = Math.max(1, peak.applyAsLong(smallest + 1) - one);
      return Optional.of(new MemoryNeed(one - smallest * perImage, perImage));
    } catch (OutOfDeviceMemory e) {
      return Optional.empty();
    }
  }

  /** The bytes in use at most while {@code body} runs. */
  static long peak(DeviceMemory memory, Runnable body) {
    long[] peak = {0};
    Launch.listen(
        (_, kernel, _) -> {
          peak[0] = Math.max(peak[0], memory.usage().live());
          kernel.run();
        },
        body);
    return peak[0];
  }

  /** What can be had where {@code own} bytes are there to be used again. */
  static double room(DeviceMemory memory, long own) {
    return USABLE * (memory.capacity().free() + (double) own);
  }

  long of(int batch) {
    return Math.round(base + batch * perImage);
  }

  private String text(int batch) {
    return "about " + Bytes.text(of(batch));
  }

  /** What a batch takes, what can be had, and which of {@code ways} to make it fit there are. */
  String advice(int batch, double room, List<String> ways) {
    return "%s by smaller ones that were measured, and %s can be had; %s"
        .formatted(
            text(batch),
            Bytes.text(Math.round(room)),
            ways.isEmpty()
                ? "make train.batch and data.size smaller"
                : "what would fit: " + String.join(", or ", ways));
  }

  /** {@code setting} with what it takes, if that is no more than {@code room}. */
  Optional<String> way(String setting, int batch, double room) {
    return of(batch) <= room
        ? Optional.of("%s (%s)".formatted(setting, text(batch)))
        : Optional.empty();
  }

  int largestBatch(double room) {
    return (int) Math.max(0, Math.floor((room - base) / perImage));
  }

  /** At which {@code batch} images fit; the memory of an image goes with its pixels. */
  Optional<ImageSize> smallerSize(ImageSize size, int batch, double room) {
    double share = (room - base) / (batch * perImage);
    double side = Math.sqrt(Math.clamp(share, 0, 1));
    int height = (int) (size.height() * side) / STRIDE * STRIDE;
    int width = (int) (size.width() * side) / STRIDE * STRIDE;
    return height >= STRIDE && width >= STRIDE
        ? Optional.of(new ImageSize(height, width))
        : Optional.empty();
  }
}
