package io.auxgrad.bench.ops;

import static io.auxgrad.bench.ops.Op.Pass.FORWARD;
import static io.auxgrad.bench.ops.Op.Pass.GRAD_INPUT;
import static io.auxgrad.bench.ops.Op.Pass.GRAD_WEIGHT;

import io.auxgrad.bench.work.NetworkKind;

/**
 * The ops that are measured: one or two of each kind, at sizes that a training step of a network on
 * 4 images of 120x160 has. A test looks for each of them in such a step, unless the case says that
 * it stands for another network.
 */
@SuppressWarnings("ImmutableEnumChecker") // its records hold numbers and enums only
public enum OpCase {
  /** The stem: few channels in, the largest image. */
  STEM(convolution(FORWARD, 120, 160, 3, 32, 3, 2, 1)),
  /** The stem's weights: long sums for few weights. */
  STEM_WEIGHT(convolution(GRAD_WEIGHT, 120, 160, 3, 32, 3, 2, 1)),
  /** An expansion, the widest map of the encoder: bound by writing it. */
  EXPAND(convolution(FORWARD, 60, 80, 16, 96, 1, 1, 1)),
  /** Its input's gradient. */
  EXPAND_INPUT(convolution(GRAD_INPUT, 60, 80, 16, 96, 1, 1, 1)),
  /** Its weights' gradient. */
  EXPAND_WEIGHT(convolution(GRAD_WEIGHT, 60, 80, 16, 96, 1, 1, 1)),
  /** The widest depthwise convolution: 9 multiplications for each value read. */
  DEPTHWISE(convolution(FORWARD, 60, 80, 96, 96, 3, 2, 96)),
  /** Its input's gradient. */
  DEPTHWISE_INPUT(convolution(GRAD_INPUT, 60, 80, 96, 96, 3, 2, 96)),
  /** Its weights' gradient. */
  DEPTHWISE_WEIGHT(convolution(GRAD_WEIGHT, 60, 80, 96, 96, 3, 2, 96)),
  /** The head of the segmentation: most arithmetic of all layers, an odd number of channels. */
  HEAD(convolution(FORWARD, 30, 40, 256, 13, 3, 1, 1)),
  /** Its input's gradient. */
  HEAD_INPUT(convolution(GRAD_INPUT, 30, 40, 256, 13, 3, 1, 1)),
  /** Its weights' gradient. */
  HEAD_WEIGHT(convolution(GRAD_WEIGHT, 30, 40, 256, 13, 3, 1, 1)),
  /** A square 1x1 convolution of the decoder: near the peak of the processor. */
  SQUARE(convolution(FORWARD, 15, 20, 256, 256, 1, 1, 1)),
  /** Its input's gradient. */
  SQUARE_INPUT(convolution(GRAD_INPUT, 15, 20, 256, 256, 1, 1, 1)),
  /** Its weights' gradient. */
  SQUARE_WEIGHT(convolution(GRAD_WEIGHT, 15, 20, 256, 256, 1, 1, 1)),
  /** Batch norm of the widest map. */
  BATCH_NORM(new Op.BatchNorm(FORWARD, map(60, 80, 96))),
  /** Its gradients. */
  BATCH_NORM_GRADIENT(new Op.BatchNorm(GRAD_INPUT, map(60, 80, 96))),
  /** A stage of the decoder's chained pooling. */
  MAX_POOL_5(new Op.MaxPool(FORWARD, map(30, 40, 256), 5, 1)),
  /** Its gradient. */
  MAX_POOL_5_GRADIENT(new Op.MaxPool(GRAD_INPUT, map(30, 40, 256), 5, 1)),
  /** ResNet's pooling behind the stem. */
  MAX_POOL_3(new Op.MaxPool(FORWARD, map(60, 80, 64), 3, 2)),
  /** Its gradient. */
  MAX_POOL_3_GRADIENT(new Op.MaxPool(GRAD_INPUT, map(60, 80, 64), 3, 2)),
  /** Between two stages of the decoder. */
  RESIZE(new Op.Resize(FORWARD, map(15, 20, 256), 2)),
  /** Its gradient. */
  RESIZE_GRADIENT(new Op.Resize(GRAD_INPUT, map(15, 20, 256), 2)),
  /** Loss of the segmentation. */
  CROSS_ENTROPY(new Op.CrossEntropy(map(30, 40, 13), 4)),
  /** Loss of the depth. */
  BERHU(new Op.Berhu(map(30, 40, 1), 4)),
  /** Loss of the normals. */
  COSINE(new Op.Cosine(map(30, 40, 3), 4)),
  /** By itself; in a step, convolutions and batch norms do theirs in the same pass. */
  RELU6(new Op.Relu6(map(30, 40, 256))),
  /** Where several tasks' gradients meet. */
  ACCUMULATE(new Op.Accumulate(map(30, 40, 256))),
  /** To bfloat16; a float32 step has none. */
  CAST(new Op.Cast(map(30, 40, 256))),
  /** The optimiser. */
  SGD(new Op.Sgd(NetworkKind.MOBILENETV2));

  private static final int BATCH = 4;

  private final Op op;

  OpCase(Op op) {
    this.op = op;
  }

  /** The op and its sizes. */
  public Op op() {
    return op;
  }

  private static Op.Map map(int h, int w, int c) {
    return new Op.Map(BATCH, h, w, c);
  }

  private static Op convolution(
      Op.Pass pass, int h, int w, int in, int out, int kernel, int stride, int groups) {
    return new Op.Convolution(pass, map(h, w, in), out, kernel, stride, groups);
  }
}
