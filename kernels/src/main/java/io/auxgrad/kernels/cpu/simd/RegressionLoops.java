package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getByte;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.ops.LossOps.Penalty;

/** Penalties on differences and angles over the valid places, each with its gradient. */
public final class RegressionLoops {
  /** Shorter predictions count as this long. */
  private static final float SHORTEST = 1e-8f;

  private RegressionLoops() {}

  /**
   * What is compared.
   *
   * @param prediction address of floats
   * @param target address of as many floats
   * @param mask address of bytes, not 0 where valid, or 0 if all are
   * @param gradient address of floats to write, or 0
   * @param scale factor of the gradient
   */
  public record Problem(long prediction, long target, long mask, long gradient, float scale) {
    /** The error of element {@code i}; 0 where it is not valid, so that it counts for nothing. */
    float error(long i) {
      return valid(i) ? getFloat(prediction, i) - getFloat(target, i) : 0;
    }

    boolean valid(long i) {
      return mask == 0 || getByte(mask, i) != 0;
    }

    void slope(long i, float value) {
      if (gradient != 0) {
        putFloat(gradient, i, value * scale);
      }
    }
  }

  /** How many of the bytes {@code [lo, hi)} are not 0. */
  public static long countValid(long mask, long lo, long hi) {
    long done = Simd.available() ? RegressionVectors.endOfBytes(lo, hi) : lo;
    long count = done == lo ? 0 : RegressionVectors.countValid(mask, lo, done);
    for (long i = done; i < hi; i++) {
      count += getByte(mask, i) != 0 ? 1 : 0;
    }
    return count;
  }

  /** The largest size of a valid error; 0 if there is none. */
  public static float largest(Problem p, long lo, long hi) {
    long done = endOfVectors(p, lo, hi);
    float max = done == lo ? 0 : RegressionVectors.largest(p, lo, done);
    for (long i = done; i < hi; i++) {
      max = Math.max(max, Math.abs(p.error(i)));
    }
    return max;
  }

  /**
   * Writes the gradient and returns the sum of the penalties; {@code bend} is where BERHU becomes
   * square.
   */
  public static double penalties(Problem p, Penalty penalty, float bend, long lo, long hi) {
    long done = endOfVectors(p, lo, hi);
    double vectors = done == lo ? 0 : RegressionVectors.penalties(p, penalty, bend, lo, done);
    return vectors
        + switch (penalty) {
          case L1 -> absolute(p, done, hi);
          case L2 -> squared(p, done, hi);
          case BERHU -> reverseHuber(p, bend, done, hi);
        };
  }

  private static long endOfVectors(Problem p, long lo, long hi) {
    boolean vectors = p.mask != 0 && Simd.available() && RegressionVectors.POSSIBLE;
    return vectors ? RegressionVectors.end(lo, hi) : lo;
  }

  private static double absolute(Problem p, long lo, long hi) {
    double sum = 0;
    for (long i = lo; i < hi; i++) {
      float e = p.error(i);
      sum += Math.abs(e);
      p.slope(i, Math.signum(e));
    }
    return sum;
  }

  private static double squared(Problem p, long lo, long hi) {
    double sum = 0;
    for (long i = lo; i < hi; i++) {
      float e = p.error(i);
      sum += (double) e * e;
      p.slope(i, 2 * e);
    }
    return sum;
  }

  private static double reverseHuber(Problem p, float bend, long lo, long hi) {
    double sum = 0;
    for (long i = lo; i < hi; i++) {
      float e = p.error(i);
      boolean above = Math.abs(e) > bend;
      sum += above ? ((double) e * e + (double) bend * bend) / (2 * bend) : Math.abs(e);
      p.slope(i, above ? e / bend : Math.signum(e));
    }
    return sum;
  }

  /**
   * The sum of {@code 1 - cos(prediction, target)} of rows of {@code length}, targets of unit
   * length.
   */
  public static double cosine(Problem p, int length, long lo, long hi) {
    double sum = 0;
    for (long row = lo; row < hi; row++) {
      if (p.valid(row)) {
        sum += cosineOfRow(p, length, row * length);
      } else {
        for (int c = 0; c < length; c++) {
          p.slope(row * length + c, 0);
        }
      }
    }
    return sum;
  }

  private static double cosineOfRow(Problem p, int length, long at) {
    float dot = 0;
    float square = 0;
    for (int c = 0; c < length; c++) {
      float v = getFloat(p.prediction(), at + c);
      dot += v * getFloat(p.target(), at + c);
      square += v * v;
    }
    float norm = (float) Math.sqrt(square);
    float inverse = 1 / Math.max(norm, SHORTEST);
    float cosine = dot * inverse;
    // A length below the shortest is taken for a constant, as it does not change with the
    // prediction.
    float radial = norm < SHORTEST ? 0 : cosine * inverse;
    for (int c = 0; c < length; c++) {
      float v = getFloat(p.prediction(), at + c);
      p.slope(at + c, inverse * (radial * v - getFloat(p.target(), at + c)));
    }
    return 1 - cosine;
  }
}
