package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getByte;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.getInt;
import static io.auxgrad.kernels.cpu.simd.Native.putByte;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putInt;

/** Element-wise maxima of several arrays, the first of equal ones; NaN wins. */
public final class MaxPoolLoops {
  private MaxPoolLoops() {}

  /** {@code y[i] = max_t arrays[t][i]} over the first {@code taps} arrays. */
  public static void maximum(long[] arrays, int taps, int n, long y) {
    for (int i = Simd.available() ? MaxPoolVectors.maximum(arrays, taps, n, y) : 0; i < n; i++) {
      float best = getFloat(arrays[0], i);
      for (int t = 1; t < taps; t++) {
        float v = getFloat(arrays[t], i);
        best = wins(v, best) ? v : best;
      }
      putFloat(y, i, best);
    }
  }

  /** The same with {@code places[i] = first + t} of the maximum, int32. */
  public static void withPlaces(long[] arrays, int taps, int first, int n, long y, long places) {
    int done = Simd.available() ? MaxPoolVectors.withPlaces(arrays, taps, first, n, y, places) : 0;
    for (int i = done; i < n; i++) {
      float best = getFloat(arrays[0], i);
      int place = 0;
      for (int t = 1; t < taps; t++) {
        float v = getFloat(arrays[t], i);
        if (wins(v, best)) {
          best = v;
          place = t;
        }
      }
      putFloat(y, i, best);
      putInt(places, i, first + place);
    }
  }

  /**
   * The same where each array has places of its own: {@code positions[i] = (first + t) * kernel +
   * places[t][i]} of the maximum, uint8.
   */
  public static void withPositions(
      long[] arrays,
      long[] places,
      int taps,
      int first,
      int kernel,
      int n,
      long y,
      long positions) {
    int done =
        Simd.available()
            ? MaxPoolVectors.withPositions(arrays, places, taps, first, kernel, n, y, positions)
            : 0;
    for (int i = done; i < n; i++) {
      float best = getFloat(arrays[0], i);
      int place = 0;
      for (int t = 1; t < taps; t++) {
        float v = getFloat(arrays[t], i);
        if (wins(v, best)) {
          best = v;
          place = t;
        }
      }
      putFloat(y, i, best);
      putByte(positions, i, (byte) ((first + place) * kernel + getInt(places[place], i)));
    }
  }

  /**
   * {@code dx[offsets[positions[i]] + i] += dy[i]}: gives each gradient to the input that was the
   * maximum.
   */
  public static void scatter(long dy, long positions, int n, int[] offsets, long dx) {
    for (int i = 0; i < n; i++) {
      long target = (long) offsets[getByte(positions, i) & 0xff] + i;
      putFloat(dx, target, getFloat(dx, target) + getFloat(dy, i));
    }
  }

  private static boolean wins(float v, float best) {
    return v > best || Float.isNaN(v);
  }
}
