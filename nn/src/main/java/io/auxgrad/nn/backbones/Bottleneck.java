package io.auxgrad.nn.backbones;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.ops.Activation;

/**
 * The block of ResNet-50 and -101: 1x1, 3x3 and 1x1 convolutions, children {@code conv1} to {@code
 * conv3}. The 3x3 one has the stride, as in torchvision ("v1.5"); in the paper the first 1x1 one.
 */
final class Bottleneck extends ResidualBlock {
  /** Channels that go out for one inside. */
  static final int EXPANSION = 4;

  private final ConvBn conv1;
  private final ConvBn conv2;
  private final ConvBn conv3;

  /** {@code [N,H,W,in] -> [N,ceil(H/stride),ceil(W/stride),4*planes]}. */
  Bottleneck(Context context, Plan plan) {
    int planes = plan.planes();
    int out = EXPANSION * planes;
    conv1 = child("conv1", convBn(context, plan.in(), planes, 1, 1, 1, Activation.RELU));
    conv2 =
        child(
            "conv2",
            convBn(
                context, planes, planes, 3, plan.stride(), plan.gridDilation(), Activation.RELU));
    conv3 = child("conv3", convBn(context, planes, out, 1, 1, 1, Activation.RELU));
    shortcut(context, plan, out);
  }

  @Override
  public Variable forward(Variable x) {
    return Scratch.run(() -> conv3.forward(conv2.forward(conv1.forward(x)), shortcut(x)));
  }
}
