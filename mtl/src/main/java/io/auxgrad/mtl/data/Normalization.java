package io.auxgrad.mtl.data;

/**
 * Mean and standard deviation of ImageNet, per channel on a scale of 0..1: what encoders expect of
 * their input.
 */
public final class Normalization {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private Normalization() {}

  /** The means of red, green and blue. */
  static float[] means() {
    return MEAN.clone();
  }

  /** The standard deviations of red, green and blue. */
  static float[] deviations() {
    return DEVIATION.clone();
  }

  /** The mean of channel 0..2 (red, green, blue). */
  public static float mean(int channel) {
    return MEAN[channel];
  }

  /** The standard deviation of channel 0..2. */
  public static float deviation(int channel) {
    return DEVIATION[channel];
  }

  /** The network's input for a channel value of 0..255. */
  public static float apply(float value, int channel) {
    return (value / 255f - MEAN[channel]) / DEVIATION[channel];
  }
}
