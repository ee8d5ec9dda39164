package io.auxgrad.bench.ops;

import io.auxgrad.bench.work.Workload;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.nn.Parameter;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import io.auxgrad.tensor.ops.NormalizationOps;
import io.auxgrad.tensor.ops.OptimizerOps;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;
import io.auxgrad.tensor.ops.ResizeOps;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs an {@link Op} on our CPU backend. Arguments are made once and belong to the caller's scope;
 * results are closed after each run.
 */
public final class AuxgradOps {
  private static final float EPS = 1e-5f;
  private static final float MOMENTUM = 0.1f;

  private final Backend backend = Backends.cpu();
  private final Philox random = new Philox(7, 0);

  private AuxgradOps() {}

  /** What does {@code op} once each time it is run. */
  public static Runnable prepare(Op op) {
    Runnable body = new AuxgradOps().body(op);
    return () -> {
      try (var _ = TensorScope.open()) {
        body.run();
      }
    };
  }

  private Runnable body(Op op) {
    return switch (op) {
      case Op.Convolution c -> convolution(c);
      case Op.BatchNorm b -> batchNorm(b);
      case Op.MaxPool p -> maxPool(p);
      case Op.Resize r -> resize(r);
      case Op.CrossEntropy c -> crossEntropy(c);
      case Op.Berhu b -> berhu(b);
      case Op.Cosine c -> cosine(c);
      case Op.Relu6(Op.Map map) -> relu6(map);
      case Op.Accumulate(Op.Map map) -> accumulate(map);
      case Op.Cast(Op.Map map) -> cast(map);
      case Op.Sgd s -> sgd(s);
    };
  }

  private Runnable convolution(Op.Convolution c) {
    ConvolutionOps ops = backend.convolution();
    Conv2dSpec spec = Conv2dSpec.of(c.stride(), c.kernel() / 2, 1, c.groups());
    Tensor x = normal(shape(c.x()));
    Tensor w = normal(Shape.of(c.outputs(), c.kernel(), c.kernel(), c.x().c() / c.groups()));
    Tensor dy = normal(spec.outputShape(x.shape(), w.shape()));
    return switch (c.pass()) {
      case FORWARD -> () -> ops.forward(x, w, null, spec, Activation.IDENTITY);
      case GRAD_INPUT -> () -> ops.gradInput(dy, w, spec, x.shape());
      case GRAD_WEIGHT -> () -> ops.gradWeight(x, dy, spec, w.shape(), false);
    };
  }

  private Runnable batchNorm(Op.BatchNorm b) {
    NormalizationOps ops = backend.normalization();
    Tensor x = normal(shape(b.x()));
    Shape channels = Shape.of(b.x().c());
    Tensor gamma = normal(channels);
    Tensor beta = normal(channels);
    Tensor mean = normal(channels);
    Tensor variance = normal(channels);
    NormalizationOps.Trained forward =
        ops.train(x, gamma, beta, null, mean, variance, MOMENTUM, EPS, Activation.RELU6);
    Tensor dy = normal(x.shape());
    return switch (b.pass()) {
      case FORWARD ->
          () -> ops.train(x, gamma, beta, null, mean, variance, MOMENTUM, EPS, Activation.RELU6);
      case GRAD_INPUT ->
          () ->
              ops.backward(
                  dy,
                  x,
                  null,
                  gamma,
                  beta,
                  forward.mean(),
                  forward.invStd(),
                  Activation.RELU6,
                  true,
                  false);
      case GRAD_WEIGHT -> throw new IllegalArgumentException("part of GRAD_INPUT: " + b);
    };
  }

  private Runnable maxPool(Op.MaxPool p) {
    PoolingOps ops = backend.pooling();
    Pool2dSpec spec = new Pool2dSpec(p.kernel(), p.stride(), p.kernel() / 2);
    Tensor x = normal(shape(p.x()));
    Tensor positions = ops.max(x, spec, true).positions();
    Tensor dy = normal(spec.outputShape(x.shape()));
    return p.pass() == Op.Pass.FORWARD
        ? () -> ops.max(x, spec, true)
        : () -> ops.maxBackward(dy, positions, spec, x.shape());
  }

  private Runnable resize(Op.Resize r) {
    ResizeOps ops = backend.resize();
    Op.Map in = r.x();
    int height = r.scale() * in.h();
    int width = r.scale() * in.w();
    Tensor x = normal(shape(in));
    Tensor dy = normal(Shape.of(in.n(), height, width, in.c()));
    return r.pass() == Op.Pass.FORWARD
        ? () -> ops.forward(x, height, width, ResizeOps.Mode.BILINEAR)
        : () -> ops.backward(dy, in.h(), in.w(), ResizeOps.Mode.BILINEAR);
  }

  private Runnable crossEntropy(Op.CrossEntropy c) {
    LossOps ops = backend.loss();
    Tensor logits = normal(shape(c.x()));
    Op.Map map = scaled(c.x(), c.scale());
    int[] labels = new int[map.n() * map.h() * map.w()];
    java.util.Arrays.setAll(labels, _ -> random.nextInt(map.c() + 1) - 1);
    Tensor classes = Tensor.ofInts(backend.memory(), Shape.of(map.n(), map.h(), map.w()), labels);
    return () -> ops.upsampledCrossEntropy(logits, classes, -1, null, true);
  }

  private Runnable berhu(Op.Berhu b) {
    Tensor prediction = normal(shape(b.x()));
    Op.Map labels = scaled(b.x(), b.scale());
    Tensor target = normal(shape(labels));
    Tensor mask = mask(labels);
    return () -> backend.loss().upsampledRegression(Penalty.BERHU, prediction, target, mask, true);
  }

  private Runnable cosine(Op.Cosine c) {
    Tensor prediction = normal(shape(c.x()));
    Op.Map labels = scaled(c.x(), c.scale());
    Tensor target = normal(shape(labels));
    Tensor mask = mask(labels);
    return () -> backend.loss().upsampledCosine(prediction, target, mask, true);
  }

  private Runnable relu6(Op.Map map) {
    Tensor x = normal(shape(map));
    return () -> backend.pointwise().unary(UnaryOp.RELU6, x);
  }

  private Runnable accumulate(Op.Map map) {
    Tensor target = normal(shape(map));
    Tensor x = Tensor.zeros(backend.memory(), DType.FLOAT32, target.shape());
    return () -> backend.pointwise().accumulate(target, x);
  }

  private Runnable cast(Op.Map map) {
    Tensor x = normal(shape(map));
    return () -> backend.pointwise().cast(x, DType.BFLOAT16);
  }

  private Runnable sgd(Op.Sgd s) {
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    List<Tensor> velocities = new ArrayList<>();
    Workload any = new Workload(s.network(), 3, 1, 1, 1);
    try (MultiTaskNetwork network = s.network().create(any.taskList(), backend)) {
      for (Parameter parameter : network.parameters().values()) {
        Shape shape = parameter.variable().shape();
        weights.add(normal(shape));
        gradients.add(Tensor.zeros(backend.memory(), DType.FLOAT32, shape));
        velocities.add(Tensor.zeros(backend.memory(), DType.FLOAT32, shape));
      }
    }
    var settings = new OptimizerOps.Sgd(1e-3f, 0.9f, 0, false, 1e-4f).on(backend.memory());
    return () -> backend.optimizer().sgd(weights, gradients, velocities, false, settings, null);
  }

  private Tensor mask(Op.Map map) {
    byte[] valid = new byte[map.n() * map.h() * map.w()];
    for (int i = 0; i < valid.length; i++) {
      valid[i] = (byte) (random.nextInt(8) == 0 ? 0 : 1);
    }
    return Tensor.ofBytes(backend.memory(), Shape.of(map.n(), map.h(), map.w()), valid);
  }

  private Tensor normal(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Tensor.of(backend.memory(), shape, values);
  }

  private static Op.Map scaled(Op.Map map, int scale) {
    return new Op.Map(map.n(), scale * map.h(), scale * map.w(), map.c());
  }

  private static Shape shape(Op.Map map) {
    return Shape.of(map.n(), map.h(), map.w(), map.c());
  }
}
