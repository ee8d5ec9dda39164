package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getByte;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

/**
 * {@code 1 - cos} of a row of pixels whose predictions lie in planes, one for each component, see
 * {@link PlaneLoops}; the gradient takes the predictions' place.
 */
public final class PlanarCosineLoops {
  /** Shorter predictions count as this long. */
  static final float SHORTEST = 1e-8f;

  private PlanarCosineLoops() {}

  /**
   * What is computed.
   *
   * @param length components of a vector
   * @param width pixels of a row
   * @param scale factor of the gradient
   * @param withGradient whether it is wanted
   */
  public record Problem(int length, int width, float scale, boolean withGradient) {
    long plane(long planes, int c) {
      return planes + 4L * c * PlaneLoops.stride(width);
    }
  }

  /** Planes that {@link #row} needs as scratch. */
  public static int scratchPlanes(int length) {
    return length + 1;
  }

  /**
   * The sum of the losses.
   *
   * @param target address of {@code [width,length]}
   * @param mask address of bytes, not 0 where valid, or 0 if all are
   */
  public static double row(Problem p, long prediction, long target, long mask, long scratch) {
    PlaneLoops.split(target, p.length(), p.width(), scratch);
    if (Simd.available()) {
      long valid = p.plane(scratch, p.length());
      readMask(p, mask, valid);
      return PlanarCosineVectors.row(p, prediction, scratch, valid);
    }
    double loss = 0;
    for (int j = 0; j < p.width(); j++) {
      if (mask == 0 || getByte(mask, j) != 0) {
        loss += pixel(p, prediction, scratch, j);
      } else {
        leaveOut(p, prediction, j);
      }
    }
    return loss;
  }

  /** 1 where valid, 0 elsewhere and behind the last pixel. */
  private static void readMask(Problem p, long mask, long valid) {
    UpdateLoops.fill(valid, 0, PlaneLoops.stride(p.width()));
    if (mask == 0) {
      UpdateLoops.fill(valid, 1, p.width());
      return;
    }
    for (int j = 0; j < p.width(); j++) {
      putFloat(valid, j, getByte(mask, j) != 0 ? 1 : 0);
    }
  }

  private static void leaveOut(Problem p, long prediction, int j) {
    for (int c = 0; c < p.length(); c++) {
      putFloat(p.plane(prediction, c), j, 0);
    }
  }

  private static double pixel(Problem p, long prediction, long target, int j) {
    float dot = 0;
    float square = 0;
    for (int c = 0; c < p.length(); c++) {
      float v = Native.getFloat(p.plane(prediction, c), j);
      dot += v * Native.getFloat(p.plane(target, c), j);
      square += v * v;
    }
    float norm = (float) Math.sqrt(square);
    float inverse = 1 / Math.max(norm, SHORTEST);
    float cosine = dot * inverse;
    // A length below the shortest is taken for a constant, as it does not change with the
    // prediction.
    float radial = norm < SHORTEST ? 0 : cosine * inverse;
    for (int c = 0; c < p.length(); c++) {
      long plane = p.plane(prediction, c);
      float slope = radial * Native.getFloat(plane, j) - Native.getFloat(p.plane(target, c), j);
      putFloat(plane, j, slope * inverse * p.scale());
    }
    return 1 - cosine;
  }
}
