package io.auxgrad.nn.backbones;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.init.Fan;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.ops.Activation;

/**
 * A block of a {@link ResNet}: {@code ReLU(convolutions(x) + shortcut(x))}. The shortcut is the
 * input or, where the shape changes, its strided 1x1 convolution: child {@code downsample}.
 */
abstract sealed class ResidualBlock extends Layer permits BasicBlock, Bottleneck {
  /**
   * What a block is made for.
   *
   * @param in channels that come in
   * @param planes channels inside
   * @param stride of the first 3x3 convolution and of the shortcut
   * @param gridDilation dilation of the first 3x3 convolution: that of the map which comes in
   * @param dilation of the 3x3 convolutions behind it. Where a stride became dilation it is larger
   *     than {@code gridDilation}: they see every other pixel, as if the stride had been taken
   */
  record Plan(int in, int planes, int stride, int gridDilation, int dilation) {}

  private static final Initializer INITIALIZER = Initializer.kaimingNormal(Fan.Mode.OUT);

  private ConvBn downsampleOrNull;

  /** Makes the shortcut to {@code out} channels; called after the convolutions were made. */
  final void shortcut(Context context, Plan plan, int out) {
    if (plan.stride != 1 || plan.in != out) {
      downsampleOrNull =
          child(
              "downsample", convBn(context, plan.in, out, 1, plan.stride, 1, Activation.IDENTITY));
    }
  }

  /** The shortcut for {@code x}. */
  final Variable shortcut(Variable x) {
    return downsampleOrNull == null ? x : downsampleOrNull.forward(x);
  }

  /** A convolution with batch normalisation that keeps H and W at stride 1. */
  static ConvBn convBn(
      Context context,
      int in,
      int out,
      int kernel,
      int stride,
      int dilation,
      Activation activation) {
    Conv2d.Builder conv =
        Conv2d.builder(context, in, out, kernel)
            .stride(stride)
            .dilation(dilation)
            .samePadding()
            .init(INITIALIZER);
    return new ConvBn(conv, context, activation);
  }
}
