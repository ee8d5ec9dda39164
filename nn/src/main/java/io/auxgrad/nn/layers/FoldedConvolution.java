package io.auxgrad.nn.layers;

import io.auxgrad.autograd.Variable;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import java.util.List;

/**
 * A {@link ConvBn} as the one convolution that it is in inference: with {@code s = gamma / sqrt(var
 * + eps)} the weights are {@code w * s} and the bias is {@code beta - mean * s}.
 */
final class FoldedConvolution implements AutoCloseable {
  private final ConvBn block;
  private final List<Tensor> sources;
  private final long[] versions;
  private final Conv2d convolution;

  FoldedConvolution(ConvBn block) {
    this.block = block;
    sources =
        List.of(
            block.conv().weight().value(),
            block.bn().weight().value(),
            block.bn().bias().value(),
            block.bn().runningMean(),
            block.bn().runningVar());
    versions = versions();
    convolution = fold(block, block.activation());
  }

  /** Whether nothing has changed since that it was made of. */
  boolean isUpToDate() {
    return java.util.Arrays.equals(versions, versions());
  }

  private long[] versions() {
    return sources.stream().mapToLong(Tensor::version).toArray();
  }

  /** {@code activation(conv(x) + residual)}, outside of every tape. */
  Variable forward(Variable x, Variable residualOrNull) {
    convolution.math(block.math());
    return convolution.forward(x, residualOrNull, convolution.activation());
  }

  /** A new convolution of {@code block}'s folded weights and {@code activation}. */
  static Conv2d fold(ConvBn block, Activation activation) {
    BatchNorm bn = block.bn();
    float[] scale = bn.weight().value().toFloats();
    float[] shift = bn.bias().value().toFloats();
    float[] mean = bn.runningMean().toFloats();
    float[] variance = bn.runningVar().toFloats();
    Tensor weight = block.conv().weight().value();
    float[] weights = weight.toFloats();
    int perChannel = weights.length / scale.length;
    for (int o = 0; o < scale.length; o++) {
      double factor = scale[o] / Math.sqrt((double) variance[o] + bn.eps());
      shift[o] = (float) (shift[o] - mean[o] * factor);
      for (int i = o * perChannel; i < (o + 1) * perChannel; i++) {
        weights[i] = (float) (weights[i] * factor);
      }
    }
    return new Conv2d(
        block.conv().spec(),
        activation,
        block.conv().outputTypeOrNull(),
        Tensor.of(weight.memory(), weight.shape(), weights),
        Tensor.of(weight.memory(), bn.bias().value().shape(), shift));
  }

  @Override
  public void close() {
    convolution.close();
  }
}
