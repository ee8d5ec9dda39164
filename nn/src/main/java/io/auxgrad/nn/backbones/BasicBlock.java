package io.auxgrad.nn.backbones;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.ops.Activation;

/** The block of ResNet-18 and -34: two 3x3 convolutions, children {@code conv1}, {@code conv2}. */
final class BasicBlock extends ResidualBlock {
  private final ConvBn conv1;
  private final ConvBn conv2;

  /** {@code [N,H,W,in] -> [N,ceil(H/stride),ceil(W/stride),planes]}. */
  BasicBlock(Context context, Plan plan) {
    int planes = plan.planes();
    conv1 =
        child(
            "conv1",
            convBn(
                context,
                plan.in(),
                planes,
                3,
                plan.stride(),
                plan.gridDilation(),
                Activation.RELU));
    conv2 = child("conv2", convBn(context, planes, planes, 3, 1, plan.dilation(), Activation.RELU));
    shortcut(context, plan, planes);
  }

  @Override
  public Variable forward(Variable x) {
    return Scratch.run(() -> conv2.forward(conv1.forward(x), shortcut(x)));
  }
}
