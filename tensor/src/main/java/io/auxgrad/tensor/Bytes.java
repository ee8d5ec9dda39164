package io.auxgrad.tensor;

import java.util.Locale;

/** Amounts of memory for people. */
public final class Bytes {
  private static final double UNIT = 1024;

  private Bytes() {}

  /** In the largest unit of which there is one at least, for example {@code 79.2 GiB}. */
  public static String text(long bytes) {
    double value = bytes;
    for (String unit : new String[] {"bytes", "KiB", "MiB"}) {
      if (value < UNIT) {
        return text(value, unit);
      }
      value /= UNIT;
    }
    return text(value, "GiB");
  }

  private static String text(double value, String unit) {
    return value == Math.rint(value)
        ? (long) value + " " + unit
        : String.format(Locale.ROOT, "%.1f %s", value, unit);
  }
}
