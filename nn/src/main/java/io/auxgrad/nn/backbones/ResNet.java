package io.auxgrad.nn.backbones;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.nn.layers.MaxPool;
import io.auxgrad.nn.layers.Sequential;
import io.auxgrad.tensor.ops.Activation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * ResNet without its classifier (He et al., "Deep residual learning for image recognition", CVPR
 * 2016): children {@code conv1} (7x7, stride 2, followed by a 3x3 max pooling of stride 2) and
 * {@code layer1} to {@code layer4}, as torchvision names them; 11,176,512, 21,284,672, 23,508,032
 * and 42,500,160 parameters at width 1.
 *
 * <p>Feature maps {@code c2} to {@code c5}, the results of the four layers, at strides 4, 8, 16 and
 * 32 with, at width 1, 64 to 512 channels, or 256 to 2048 with bottlenecks.
 *
 * <p>With an output stride of 16 or 8 the last one or two layers have dilation instead of their
 * stride (Chen et al., "Rethinking atrous convolution for semantic image segmentation", 2017): the
 * same function of the image, on a finer grid. What had the stride keeps the dilation of the layer
 * before, as in torchvision; torchvision has no dilated ResNet-18 and -34.
 *
 * <p>Weights start as published, normal with the fan out; the last normalisation of a block starts
 * at 1.
 */
public final class ResNet extends Backbone {
  /** The published depths. */
  public enum Depth {
    /** 18 layers. */
    RESNET18(false),
    /** 34 layers. */
    RESNET34(false),
    /** 50 layers, with bottlenecks. */
    RESNET50(true),
    /** 101 layers, with bottlenecks. */
    RESNET101(true);

    private final boolean bottlenecks;

    Depth(boolean bottlenecks) {
      this.bottlenecks = bottlenecks;
    }

    /** Blocks of each layer. */
    private List<Integer> repeats() {
      return switch (this) {
        case RESNET18 -> List.of(2, 2, 2, 2);
        case RESNET34, RESNET50 -> List.of(3, 4, 6, 3);
        case RESNET101 -> List.of(3, 4, 23, 3);
      };
    }

    private int channels(int planes) {
      return bottlenecks ? Bottleneck.EXPANSION * planes : planes;
    }

    private ResidualBlock block(Context context, ResidualBlock.Plan plan) {
      return bottlenecks ? new Bottleneck(context, plan) : new BasicBlock(context, plan);
    }
  }

  /** The stride of the coarsest map of the published network. */
  public static final int OUTPUT_STRIDE = 32;

  private static final List<Integer> OUTPUT_STRIDES = List.of(8, 16, OUTPUT_STRIDE);
  private static final int STEM_CHANNELS = 64;
  private static final int STEM_STRIDE = 4;

  private final Depth depth;
  private final ConvBn conv1;
  private final MaxPool pool = new MaxPool(3, 2, 1);
  private final List<Sequential> layers = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();

  /** The published network. */
  public ResNet(Context context, Depth depth) {
    this(context, depth, OUTPUT_STRIDE, 1);
  }

  /**
   * With the given stride of the coarsest map, and channels times {@code width}.
   *
   * @param outputStride 8, 16, or 32 for the published network
   * @param width positive; 1 for the published network
   */
  public ResNet(Context context, Depth depth, int outputStride, double width) {
    if (!OUTPUT_STRIDES.contains(outputStride) || !(width > 0)) {
      throw new IllegalArgumentException(
          "ResNet: output stride %d must be one of %s, and width %s positive"
              .formatted(outputStride, OUTPUT_STRIDES, width));
    }
    this.depth = depth;
    int planes = (int) Math.max(1, Math.round(STEM_CHANNELS * width));
    conv1 = child("conv1", ResidualBlock.convBn(context, 3, planes, 7, 2, 1, Activation.RELU));
    int channels = planes;
    int stride = STEM_STRIDE;
    int dilation = 1;
    for (int repeats : depth.repeats()) {
      int step = layers.isEmpty() ? 1 : 2;
      boolean strides = stride * step <= outputStride;
      int before = dilation;
      stride *= strides ? step : 1;
      dilation *= strides ? 1 : step;
      var first = new ResidualBlock.Plan(channels, planes, strides ? step : 1, before, dilation);
      layers.add(child("layer" + (layers.size() + 1), layer(context, first, repeats)));
      channels = depth.channels(planes);
      levels.add(new Level("c" + (layers.size() + 1), channels, stride));
      planes *= 2;
    }
  }

  private Sequential layer(Context context, ResidualBlock.Plan first, int repeats) {
    Sequential blocks = new Sequential(depth.block(context, first));
    int dilation = first.dilation();
    int channels = depth.channels(first.planes());
    for (int i = 1; i < repeats; i++) {
      blocks.add(
          depth.block(
              context, new ResidualBlock.Plan(channels, first.planes(), 1, dilation, dilation)));
    }
    return blocks;
  }

  @Override
  public List<Level> levels() {
    return List.copyOf(levels);
  }

  @Override
  public SequencedMap<String, Variable> forward(Variable images) {
    SequencedMap<String, Variable> maps = new LinkedHashMap<>();
    Variable x = Scratch.run(() -> stage(layers.getFirst(), stem(images)));
    maps.put(levels.getFirst().name(), x);
    for (int i = 1; i < layers.size(); i++) {
      x = stage(layers.get(i), x);
      maps.put(levels.get(i).name(), x);
    }
    return maps;
  }

  private Variable stem(Variable images) {
    return Scratch.run(() -> pool.forward(conv1.forward(images)));
  }
}
