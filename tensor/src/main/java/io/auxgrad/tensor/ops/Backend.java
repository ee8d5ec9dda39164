package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Replay;

/** Carries out the op contract on one device. One family of ops per method. */
public interface Backend {
  /** The device's memory. */
  DeviceMemory memory();

  /**
   * Runs {@code body} once and keeps what it asks of the device, to be run again on the same memory
   * and for the same shapes: on a GPU as a captured graph, on the CPU as a list of kernels.
   *
   * <p>Tensors from before are read and written anew by each run, and so are those that are still
   * open after {@code body}. What the host decides anew for each run comes by {@link Launch#feed};
   * other values that {@code body} uploads are the same in each run. All shapes and ops should have
   * been run before: what a backend learns of them by trying belongs before a recording.
   *
   * @throws IllegalStateException if {@code body} needs the host to wait, as for a value that it
   *     reads
   */
  Replay record(Runnable body);

  /** Convolutions. */
  ConvolutionOps convolution();

  /** Matrix products. */
  MatmulOps matmul();

  /** Batch normalisation. */
  NormalizationOps normalization();

  /** Max, average and global pooling. */
  PoolingOps pooling();

  /** Bilinear and nearest resizing. */
  ResizeOps resize();

  /** Element-wise ops with broadcasting. */
  PointwiseOps pointwise();

  /** Sums, means, extrema along axes. */
  ReductionOps reduction();

  /** Losses with their gradients. */
  LossOps loss();

  /** Steps of the optimisers over many tensors. */
  OptimizerOps optimizer();

  /** Concat, slice, transpose, counting. */
  IndexingOps indexing();

  /** Views of images and labels: from data sets to batches. */
  ImageOps image();

  /** Sums behind metrics. */
  MetricOps metric();

  /** Threads used by the host part. */
  int threads();

  /**
   * Changes the number of threads, at least 1; results may differ in the last bits between thread
   * counts.
   */
  void setThreads(int threads);

  /**
   * Whether the device has instructions for bfloat16. Without, ops on it give the same within
   * rounding, but go by way of float32 and are slower than on float32.
   */
  boolean multipliesBfloat16();

  /** Whether the device multiplies in {@link MathMode#TF32}. */
  default boolean multipliesTf32() {
    return false;
  }

  /** Times what this device does; to be closed. */
  default Stopwatch stopwatch() {
    return Stopwatch.ofHost();
  }

  /** One line for people: device, instruction set, libraries and their versions. */
  String describe();
}
