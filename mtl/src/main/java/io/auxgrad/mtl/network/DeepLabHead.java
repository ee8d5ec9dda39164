package io.auxgrad.mtl.network;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.ops.Activation;

/**
 * The head of one task behind {@link Aspp}, as in torchvision's DeepLabv3: a 3x3 convolution with
 * batch normalisation and ReLU, and a 1x1 convolution with bias. Children {@code hidden} and {@code
 * prediction}.
 */
final class DeepLabHead extends Layer {
  private final ConvBn hidden;
  private final Conv2d prediction;

  /** {@code [N,H,W,channels] -> [N,H,W,outputs]}. */
  DeepLabHead(Context context, int channels, int outputs) {
    hidden = child("hidden", ConvBn.of(context, channels, channels, 3, 1, 1, Activation.RELU));
    prediction = child("prediction", TaskHead.prediction(context, channels, outputs, 1));
  }

  @Override
  public Variable forward(Variable x) {
    return Scratch.run(() -> prediction.forward(hidden.forward(x)));
  }
}
