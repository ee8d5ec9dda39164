package io.auxgrad.mtl.config;

/** The range checks of the configuration records. */
final class Require {
  private Require() {}

  static void atLeast(String key, long value, long low) {
    if (value < low) {
      throw new ConfigException(key, "is " + value + "; it must be at least " + low);
    }
  }

  static void between(String key, long value, long low, long high) {
    if (value < low || value > high) {
      throw new ConfigException(
          key, "is " + value + "; it must lie between " + low + " and " + high);
    }
  }

  static void between(String key, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new ConfigException(
          key, "is " + value + "; it must lie between " + low + " and " + high);
    }
  }

  static void positive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new ConfigException(key, "is " + value + "; it must be positive");
    }
  }

  static void notNegative(String key, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new ConfigException(key, "is " + value + "; it must be 0 or more");
    }
  }
}
