package io.auxgrad.bench.ops;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.auxgrad.bench.work.NetworkKind;

/** One op with its sizes; as JSON it is what an engine in another process is told. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "op")
public sealed interface Op {
  /** Which part of an op's work. */
  enum Pass {
    /** The result. */
    FORWARD,
    /** The gradient with respect to the input, and to scale and shift of a batch norm. */
    GRAD_INPUT,
    /** The gradient with respect to the weights. */
    GRAD_WEIGHT
  }

  /**
   * The images that an op reads.
   *
   * @param n images
   * @param h rows
   * @param w columns
   * @param c channels
   */
  record Map(int n, int h, int w, int c) {}

  /** Convolution without bias, padded to keep the size but for the stride. */
  record Convolution(Pass pass, Map x, int outputs, int kernel, int stride, int groups)
      implements Op {}

  /** Batch norm with the statistics of the batch, then ReLU6. */
  record BatchNorm(Pass pass, Map x) implements Op {}

  /** Max pooling, padded by half of the window. */
  record MaxPool(Pass pass, Map x, int kernel, int stride) implements Op {}

  /** Bilinear resizing to {@code scale} times the size. */
  record Resize(Pass pass, Map x, int scale) implements Op {}

  /**
   * The segmentation's loss of a map that is brought to {@code scale} times its size, and its
   * gradient.
   */
  record CrossEntropy(Map x, int scale) implements Op {}

  /**
   * The depth's loss, reverse Huber, of a map that is brought to {@code scale} times its size, and
   * its gradient.
   */
  record Berhu(Map x, int scale) implements Op {}

  /**
   * The normals' loss of a map that is brought to {@code scale} times its size, and its gradient.
   */
  record Cosine(Map x, int scale) implements Op {}

  /** ReLU6. */
  record Relu6(Map x) implements Op {}

  /** Adding one tensor to another in place, as gradients accumulate. */
  record Accumulate(Map x) implements Op {}

  /** float32 to bfloat16. */
  record Cast(Map x) implements Op {}

  /** SGD with momentum and weight decay on all parameters of a network. */
  record Sgd(NetworkKind network) implements Op {}
}
