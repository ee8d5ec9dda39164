package io.auxgrad.nn.layers;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.tensor.ops.Activation;

/**
 * Convolution without bias, batch normalisation, optional residual, activation: children {@code
 * conv} and {@code bn}.
 *
 * <pre>{@code
 * var conv = Conv2d.builder(context, 3, 32, 3).stride(2).padding(1);
 * var block = new ConvBn(conv, context, Activation.RELU6);
 * }</pre>
 */
public final class ConvBn extends Layer {
  private final Conv2d conv;
  private final BatchNorm bn;
  private final Activation activation;
  private FoldedConvolution folded;

  /**
   * The convolution that {@code conv} describes (its bias is turned off), with batch normalisation
   * and {@code activation}.
   */
  public ConvBn(Conv2d.Builder conv, Context context, Activation activation) {
    this.conv = child("conv", conv.bias(false).activation(Activation.IDENTITY).build());
    this.bn = child("bn", new BatchNorm(context, this.conv.weight().value().shape().dim(0)));
    this.activation = activation;
  }

  /**
   * A convolution that keeps H and W at stride 1, with batch normalisation and {@code activation}.
   */
  public static ConvBn of(
      Context context, int in, int out, int kernel, int stride, int groups, Activation activation) {
    return new ConvBn(
        Conv2d.builder(context, in, out, kernel).stride(stride).samePadding().groups(groups),
        context,
        activation);
  }

  @Override
  public Variable forward(Variable x) {
    return forward(x, null);
  }

  /**
   * {@code activation(bn(conv(x)) + residual)}; {@code residualOrNull} has the shape of the result.
   *
   * <p>In inference where nothing is recorded, the normalisation is part of the convolution's
   * weights; they are folded anew when a parameter or running statistic has changed.
   */
  public Variable forward(Variable x, Variable residualOrNull) {
    if (!isTraining() && !Tape.isRecording()) {
      return infer(x, residualOrNull);
    }
    Variable convolved = conv.forward(x);
    Variable y = bn.forward(convolved, residualOrNull, activation);
    convolved.release();
    return y;
  }

  private Variable infer(Variable x, Variable residualOrNull) {
    if (folded == null || !folded.isUpToDate()) {
      close(folded);
      folded = new FoldedConvolution(this);
    }
    return folded.forward(x, residualOrNull);
  }

  private static void close(FoldedConvolution foldedOrNull) {
    if (foldedOrNull != null) {
      foldedOrNull.close();
    }
  }

  @Override
  public void close() {
    super.close();
    close(folded);
  }

  /** The convolution. */
  public Conv2d conv() {
    return conv;
  }

  /** The batch normalisation. */
  public BatchNorm bn() {
    return bn;
  }

  /** What is applied last. */
  public Activation activation() {
    return activation;
  }

  /**
   * One new convolution with bias and activation that gives what this block gives in inference, up
   * to rounding. It has its own weights and belongs to the caller.
   */
  public Conv2d folded() {
    return FoldedConvolution.fold(this, activation);
  }
}
