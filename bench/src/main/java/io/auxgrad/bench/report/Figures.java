package io.auxgrad.bench.report;

/** How figures are written for people. */
public final class Figures {
  private Figures() {}

  /** Three significant digits, without exponent. */
  public static String threeDigits(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value)) {
      return "-";
    }
    return size >= 99.95
        ? "%.0f".formatted(value)
        : size >= 9.995 ? "%.1f".formatted(value) : "%.2f".formatted(value);
  }

  /** {@code median (low to high)}. */
  static String spread(Spread spread) {
    return "%s (%s to %s)"
        .formatted(
            threeDigits(spread.median()), threeDigits(spread.low()), threeDigits(spread.high()));
  }

  /** A ratio. */
  static String ratio(double value) {
    return "%.2f".formatted(value);
  }

  /** JMH's units in the usual notation: {@code us} for {@code us/op}. */
  static String unit(String unit) {
    return unit.replace("/op", "");
  }
}
