package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.ConvolutionOps;
import io.auxgrad.tensor.ops.ImageOps;
import io.auxgrad.tensor.ops.IndexingOps;
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.MatmulOps;
import io.auxgrad.tensor.ops.MetricOps;
import io.auxgrad.tensor.ops.NormalizationOps;
import io.auxgrad.tensor.ops.OptimizerOps;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.PoolingOps;
import io.auxgrad.tensor.ops.ReductionOps;
import io.auxgrad.tensor.ops.ResizeOps;
import io.auxgrad.tensor.ops.Stopwatch;

/** The op contract on a GPU. */
public final class CudaBackend implements Backend {
  private final Gpu gpu;
  private final ConvolutionOps convolution;
  private final MatmulOps matmul;
  private final PointwiseOps pointwise;
  private final NormalizationOps normalization;
  private final PoolingOps pooling;
  private final ResizeOps resize;
  private final LossOps loss;
  private final IndexingOps indexing;
  private final OptimizerOps optimizer;
  private final CudaReduction reduction;
  private final ImageOps image;
  private final MetricOps metric;

  /** On {@code gpu}, which stays the caller's to close. */
  public CudaBackend(Gpu gpu) {
    this.gpu = gpu;
    reduction = new CudaReduction(gpu);
    convolution = new CudaConvolution(gpu, reduction);
    matmul = new CudaMatmul(gpu);
    CudaPointwise elements = new CudaPointwise(gpu);
    pointwise = elements;
    normalization = new CudaNormalization(gpu);
    pooling = new CudaPooling(gpu, elements);
    resize = new CudaResize(gpu);
    loss = new CudaLoss(gpu);
    indexing = new CudaIndexing(gpu);
    optimizer = new CudaOptimizer(gpu);
    image = new CudaImage(gpu);
    metric = new CudaMetric(gpu);
  }

  @Override
  public DeviceMemory memory() {
    return gpu.memory();
  }

  @Override
  public Replay record(Runnable body) {
    return gpu.record(body);
  }

  @Override
  public ConvolutionOps convolution() {
    return convolution;
  }

  @Override
  public MatmulOps matmul() {
    return matmul;
  }

  @Override
  public NormalizationOps normalization() {
    return normalization;
  }

  @Override
  public PoolingOps pooling() {
    return pooling;
  }

  @Override
  public ResizeOps resize() {
    return resize;
  }

  @Override
  public PointwiseOps pointwise() {
    return pointwise;
  }

  @Override
  public ReductionOps reduction() {
    return reduction;
  }

  @Override
  public LossOps loss() {
    return loss;
  }

  @Override
  public OptimizerOps optimizer() {
    return optimizer;
  }

  @Override
  public IndexingOps indexing() {
    return indexing;
  }

  @Override
  public ImageOps image() {
    return image;
  }

  @Override
  public MetricOps metric() {
    return metric;
  }

  /** The host's thread that launches. */
  @Override
  public int threads() {
    return 1;
  }

  /** Has no effect on what a GPU does or gives. */
  @Override
  public void setThreads(int threads) {}

  @Override
  public boolean multipliesBfloat16() {
    return gpu.multipliesBfloat16();
  }

  @Override
  public boolean multipliesTf32() {
    return gpu.multipliesTf32();
  }

  @Override
  public Stopwatch stopwatch() {
    return gpu.stopwatch();
  }

  @Override
  public String describe() {
    return gpu.describe();
  }
}
