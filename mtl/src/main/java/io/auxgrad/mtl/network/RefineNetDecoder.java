package io.auxgrad.mtl.network;

import io.auxgrad.autograd.ResizeGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.backbones.Backbone;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.tensor.ops.Activation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The shared decoder of the multi-task light-weight RefineNet (Nekrasov et al., "Real-time joint
 * semantic segmentation and depth estimation using asymmetric annotations", ICRA 2019).
 *
 * <p>Four stages, from stride 32 to 4. Each adds up the 1x1-convolved encoder maps of its stride
 * and, but for the first, the stage above, 1x1-convolved and resized bilinearly to the size of
 * those maps; then ReLU6 and chained pooling, which works channel by channel in the last stage.
 * Children {@code conv8} to {@code conv3} (the numbers of the encoder's maps), {@code crp4} to
 * {@code crp1}, {@code conv_adapt4} to {@code conv_adapt2}. No bias, no batch normalisation.
 *
 * <p>Initial weights are ours, for training from scratch: Xavier for laterals and adapters, {@code
 * N(0, 0.01)} for chained pooling, which so starts as nearly the identity. The original takes
 * {@code N(0, 0.01)} everywhere.
 */
final class RefineNetDecoder extends Decoder {
  static final Initializer SMALL = Initializer.normal(0.01);

  private static final int COARSEST = 4;

  private final int channels;
  private final Map<String, Conv2d> laterals = new LinkedHashMap<>();
  private final List<ChainedPooling> pools = new ArrayList<>();
  private final List<Conv2d> adapters = new ArrayList<>();
  private final List<List<Backbone.Level>> inputs = new ArrayList<>();
  private final List<Backbone.Level> levels = new ArrayList<>();

  /**
   * For maps at strides 4, 8, 16 and 32, one or more of each; MobileNetV2 has two at 16 and 32.
   *
   * @param channels of all maps of the decoder
   */
  RefineNetDecoder(Context context, List<Backbone.Level> encoder, int channels) {
    this.channels = channels;
    for (Backbone.Level level : encoder.reversed()) {
      Conv2d lateral = pointwise(context, level.channels(), channels);
      laterals.put(level.name(), child("conv" + level.name().substring(1), lateral));
    }
    for (int stage = COARSEST; stage > 0; stage--) {
      int stride = 2 << stage;
      inputs.add(encoder.stream().filter(l -> l.stride() == stride).toList());
      levels.add(new Backbone.Level("crp" + stage, channels, stride));
      pools.add(child("crp" + stage, new ChainedPooling(context, channels, stage == 1)));
    }
    for (int stage = COARSEST; stage > 1; stage--) {
      adapters.add(child("conv_adapt" + stage, pointwise(context, channels, channels)));
    }
  }

  private static Conv2d pointwise(Context context, int in, int out) {
    return Conv2d.builder(context, in, out, 1).bias(false).init(Initializer.xavierNormal()).build();
  }

  /** Coarsest first: {@code crp4} to {@code crp1}. */
  @Override
  List<Backbone.Level> levels() {
    return List.copyOf(levels);
  }

  /** The result of each stage; the last one has stride 4. */
  @Override
  SequencedMap<String, Variable> forward(Map<String, Variable> encoder) {
    SequencedMap<String, Variable> maps = new LinkedHashMap<>();
    for (int i = 0; i < levels.size(); i++) {
      int stage = i;
      Variable above = i == 0 ? null : maps.lastEntry().getValue();
      maps.put(levels.get(i).name(), Scratch.run(() -> stage(stage, encoder, above)));
    }
    return maps;
  }

  private Variable stage(int stage, Map<String, Variable> encoder, Variable aboveOrNull) {
    List<Backbone.Level> maps = inputs.get(stage);
    Variable sum = null;
    if (aboveOrNull != null) {
      Variable adapted = adapters.get(stage - 1).forward(aboveOrNull);
      sum = resizeLike(adapted, encoder.get(maps.getFirst().name()));
      adapted.release();
    }
    for (Backbone.Level map : maps) {
      Activation activation = map == maps.getLast() ? Activation.RELU6 : Activation.IDENTITY;
      Variable longer = laterals.get(map.name()).forward(encoder.get(map.name()), sum, activation);
      if (sum != null) {
        sum.release();
      }
      sum = longer;
    }
    return pools.get(stage).forward(sum);
  }

  @Override
  Layer head(Context context, int outputs) {
    return new TaskHead(context, channels, outputs);
  }

  /** {@code x} bilinearly at the height and width of {@code like}. */
  static Variable resizeLike(Variable x, Variable like) {
    return ResizeGradients.bilinear(x, like.shape().dim(1), like.shape().dim(2));
  }
}
