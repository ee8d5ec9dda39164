package io.auxgrad.nn.backbones;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.ops.Activation;

/**
 * MobileNetV2's block: 1x1 convolution to {@code expansion} times the channels, depthwise 3x3, both
 * with ReLU6, and a linear 1x1 convolution; plus the input where the shapes agree. Children {@code
 * expand}, {@code depthwise}, {@code project}.
 */
public final class InvertedResidual extends Layer {
  private final ConvBn expand;
  private final ConvBn depthwise;
  private final ConvBn project;
  private final boolean residual;

  /** {@code [N,H,W,in] -> [N,ceil(H/stride),ceil(W/stride),out]}. */
  public InvertedResidual(Context context, int in, int out, int expansion, int stride) {
    int hidden = in * expansion;
    expand = child("expand", convBn(context, in, hidden, 1, 1, 1, Activation.RELU6));
    depthwise =
        child("depthwise", convBn(context, hidden, hidden, 3, stride, hidden, Activation.RELU6));
    project = child("project", convBn(context, hidden, out, 1, 1, 1, Activation.IDENTITY));
    residual = in == out && stride == 1;
  }

  static ConvBn convBn(
      Context context, int in, int out, int kernel, int stride, int groups, Activation activation) {
    Conv2d.Builder conv =
        Conv2d.builder(context, in, out, kernel)
            .stride(stride)
            .samePadding()
            .groups(groups)
            .init(MobileNetV2.INITIALIZER);
    return new ConvBn(conv, context, activation);
  }

  @Override
  public Variable forward(Variable x) {
    return Scratch.run(() -> {
      Variable hidden = depthwise.forward(expand.forward(x));
      return residual ? project.forward(hidden, x) : project.forward(hidden);
    });
  }
}
