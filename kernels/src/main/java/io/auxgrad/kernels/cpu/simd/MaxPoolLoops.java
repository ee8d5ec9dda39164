package io.auxgrad.kernels.cpu.simd;

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

  /**
   * {@link #maximum} of the first {@code taps} of {@code taps + 1} arrays and of the last ones,
   * which have all but two in common; {@code taps} is at least 2.
   */
  public static void pair(long[] arrays, int taps, int n, long y0, long y1) {
    for (int i = Simd.available() ? MaxPoolVectors.pair(arrays, taps, n, y0, y1) : 0; i < n; i++) {
      putFloat(y0, i, getFloat(arrays[first(arrays, 0, taps, i)], i));
      putFloat(y1, i, getFloat(arrays[1 + first(arrays, 1, taps, i)], i));
    }
  }

  /** {@link #maximum} with {@code places[i] = first + t} of the maximum, int32. */
  public static void withPlaces(long[] arrays, int taps, int first, int n, long y, long places) {
    int done = Simd.available() ? MaxPoolVectors.withPlaces(arrays, taps, first, n, y, places) : 0;
    for (int i = done; i < n; i++) {
      int place = first(arrays, 0, taps, i);
      putFloat(y, i, getFloat(arrays[place], i));
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
      int place = first(arrays, 0, taps, i);
      putFloat(y, i, getFloat(arrays[place], i));
      putByte(positions, i, (byte) ((first + place) * kernel + getInt(places[place], i)));
    }
  }

  /** {@link #withPlaces} for a pair like that of {@link #pair}. */
  public static void pairWithPlaces(
      long[] arrays, int taps, int n, long y0, long places0, long y1, long places1) {
    int done =
        Simd.available()
            ? MaxPoolVectors.pairWithPlaces(arrays, taps, n, y0, places0, y1, places1)
            : 0;
    for (int i = done; i < n; i++) {
      int place = first(arrays, 0, taps, i);
      putFloat(y0, i, getFloat(arrays[place], i));
      putInt(places0, i, place);
      place = first(arrays, 1, taps, i);
      putFloat(y1, i, getFloat(arrays[1 + place], i));
      putInt(places1, i, place);
    }
  }

  /** {@link #withPositions} for a pair like that of {@link #pair}. */
  public static void pairWithPositions(
      long[] arrays,
      long[] places,
      int taps,
      int kernel,
      int n,
      long y0,
      long positions0,
      long y1,
      long positions1) {
    int done =
        Simd.available()
            ? MaxPoolVectors.pairWithPositions(
                arrays, places, taps, kernel, n, y0, positions0, y1, positions1)
            : 0;
    for (int i = done; i < n; i++) {
      int place = first(arrays, 0, taps, i);
      putFloat(y0, i, getFloat(arrays[place], i));
      putByte(positions0, i, (byte) (place * kernel + getInt(places[place], i)));
      place = first(arrays, 1, taps, i);
      putFloat(y1, i, getFloat(arrays[1 + place], i));
      putByte(positions1, i, (byte) (place * kernel + getInt(places[1 + place], i)));
    }
  }

  // Which of the taps from array number `from` on has the maximum.
  private static int first(long[] arrays, int from, int taps, int i) {
    int place = 0;
    for (int t = 1; t < taps; t++) {
      if (wins(getFloat(arrays[from + t], i), getFloat(arrays[from + place], i))) {
        place = t;
      }
    }
    return place;
  }

  private static boolean wins(float v, float best) {
    return v > best || Float.isNaN(v);
  }
}
