package io.auxgrad.mtl.network;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.Activation;

/**
 * The head of one task behind {@link RefineNetDecoder}: a scale per channel (depthwise 1x1
 * convolution) with ReLU6, and a 3x3 convolution with bias. Children {@code pre} and {@code out}.
 *
 * <p>The scales start at 1, so that no channel starts dead for a task; this is ours.
 */
final class TaskHead extends Layer {
  private final Conv2d pre;
  private final Conv2d out;

  /** {@code [N,H,W,channels] -> [N,H,W,outputs]}. */
  TaskHead(Context context, int channels, int outputs) {
    pre =
        child(
            "pre",
            Conv2d.builder(context, channels, channels, 1)
                .groups(channels)
                .bias(false)
                .activation(Activation.RELU6)
                .init(Initializer.constant(1))
                .build());
    out = child("out", prediction(context, channels, outputs, 3));
  }

  /**
   * A convolution with bias that starts near zero, so that no task begins far off. Its result is
   * float32, for the loss.
   */
  static Conv2d prediction(Context context, int channels, int outputs, int kernel) {
    return Conv2d.builder(context, channels, outputs, kernel)
        .samePadding()
        .outputType(DType.FLOAT32)
        .init(RefineNetDecoder.SMALL)
        .biasInit(Initializer.constant(0))
        .build();
  }

  @Override
  public Variable forward(Variable x) {
    return Scratch.run(() -> out.forward(pre.forward(x)));
  }
}
