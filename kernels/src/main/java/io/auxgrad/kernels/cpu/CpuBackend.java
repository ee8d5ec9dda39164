package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.OneDnn;
import io.auxgrad.kernels.cpu.onednn.OpenMp;
import io.auxgrad.kernels.cpu.simd.Simd;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.RecordableMemory;
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

/** The op contract on the host's processor. */
public final class CpuBackend implements Backend {
  private final CpuContext context;
  private final RecordableMemory memory;
  private final ConvolutionOps convolution;
  private final MatmulOps matmul;
  private final NormalizationOps normalization;
  private final PoolingOps pooling;
  private final ResizeOps resize;
  private final PointwiseOps pointwise;
  private final ReductionOps reduction;
  private final LossOps loss;
  private final OptimizerOps optimizer;
  private final IndexingOps indexing;
  private final ImageOps image;
  private final MetricOps metric;

  /** A backend with a pool and threads of its own. */
  public CpuBackend(int threads) {
    context = new CpuContext(new CpuMemory(), workers(threads));
    memory = new RecordableMemory(context.memory(), context.memory()::forRecording);
    normalization = new CpuNormalization(context);
    CpuPointwise elements = new CpuPointwise(context);
    pointwise = elements;
    pooling = new CpuPooling(context, elements);
    resize = new CpuResize(context);
    CpuMatmul matrices = new CpuMatmul(context);
    CpuConvolution products = new CpuConvolution(context, matrices);
    boolean bfloat16 = OneDnn.get().hasBfloat16();
    Widening widening = new Widening(elements);
    convolution = bfloat16 ? products : new WidenedConvolution(products, widening);
    matmul = bfloat16 ? matrices : new WidenedMatmul(matrices, widening);
    reduction = new CpuReduction(context, widening);
    loss = new CpuLoss(context, widening);
    optimizer = new CpuOptimizer(context);
    indexing = new CpuIndexing(context);
    image = new CpuImage(context);
    metric = new CpuMetric();
  }

  private static Workers workers(int threads) {
    return OpenMp.available() ? new Workers(threads, OpenMpTeam::new) : new Workers(threads);
  }

  @Override
  public DeviceMemory memory() {
    return memory;
  }

  @Override
  public Replay record(Runnable body) {
    return memory.record(body);
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

  @Override
  public int threads() {
    return context.workers().threads();
  }

  @Override
  public void setThreads(int threads) {
    context.workers().setThreads(threads);
  }

  @Override
  public boolean multipliesBfloat16() {
    return OneDnn.get().hasBfloat16();
  }

  @Override
  public String describe() {
    String loops = Simd.available() ? "vector loops" : "plain loops";
    return "cpu, %d thread(s), %s, %s".formatted(threads(), OneDnn.get().describe(), loops);
  }
}
