package io.auxgrad.nn.backbones;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.init.Fan;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.nn.layers.Sequential;
import io.auxgrad.tensor.ops.Activation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * MobileNetV2 without its classifier (Sandler et al., "MobileNetV2: Inverted residuals and linear
 * bottlenecks", CVPR 2018): children {@code layer1} (the stem, stride 2) to {@code layer8}.
 *
 * <p>Feature maps {@code l3} to {@code l8} at strides 4, 8, 16, 16, 32, 32 with, at width 1, 24,
 * 32, 64, 96, 160 and 320 channels. As in the light-weight RefineNet models, the first block too
 * has its 1x1 expansion, of factor 1: 1,812,800 parameters at width 1.
 */
public final class MobileNetV2 extends Backbone {
  static final Initializer INITIALIZER = Initializer.kaimingNormal(Fan.Mode.OUT);

  private static final int STEM_CHANNELS = 32;
  private static final int STEM_STRIDE = 2;
  private static final int FIRST_TAP = 3;

  private record Stage(int expansion, int channels, int repeats, int stride) {}

  private static final List<Stage> STAGES =
      List.of(
          new Stage(1, 16, 1, 1),
          new Stage(6, 24, 2, 2),
          new Stage(6, 32, 3, 2),
          new Stage(6, 64, 4, 2),
          new Stage(6, 96, 3, 1),
          new Stage(6, 160, 3, 2),
          new Stage(6, 320, 1, 1));

  private final ConvBn stem;
  private final List<Sequential> stages = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();

  /**
   * With channels times {@code width}, rounded to multiples of 8.
   *
   * @param width positive; 1 for the published network
   */
  public MobileNetV2(Context context, double width) {
    if (!(width > 0)) {
      throw new IllegalArgumentException("MobileNetV2: width " + width + " must be positive");
    }
    int channels = rounded(STEM_CHANNELS * width);
    int stride = STEM_STRIDE;
    stem =
        child(
            "layer1",
            InvertedResidual.convBn(context, 3, channels, 3, STEM_STRIDE, 1, Activation.RELU6));
    for (Stage stage : STAGES) {
      int out = rounded(stage.channels * width);
      int number = stages.size() + 2;
      stages.add(child("layer" + number, blocks(context, stage, channels, out)));
      channels = out;
      stride *= stage.stride;
      if (number >= FIRST_TAP) {
        levels.add(new Level("l" + number, channels, stride));
      }
    }
  }

  private static Sequential blocks(Context context, Stage stage, int in, int out) {
    Sequential blocks = new Sequential();
    for (int i = 0; i < stage.repeats; i++) {
      boolean first = i == 0;
      blocks.add(
          new InvertedResidual(
              context, first ? in : out, out, stage.expansion, first ? stage.stride : 1));
    }
    return blocks;
  }

  /** The nearest multiple of 8, at least 8, and never more than 10 % below {@code channels}. */
  private static int rounded(double channels) {
    int nearest = Math.max(8, (int) (channels + 4) / 8 * 8);
    return nearest < 0.9 * channels ? nearest + 8 : nearest;
  }

  @Override
  public List<Level> levels() {
    return List.copyOf(levels);
  }

  @Override
  public SequencedMap<String, Variable> forward(Variable images) {
    SequencedMap<String, Variable> maps = new LinkedHashMap<>();
    Variable x = Scratch.run(() -> stage(stages.getFirst(), stem.forward(images)));
    for (int i = 0; i < levels.size(); i++) {
      x = stage(stages.get(i + 1), x);
      maps.put(levels.get(i).name(), x);
    }
    return maps;
  }
}
