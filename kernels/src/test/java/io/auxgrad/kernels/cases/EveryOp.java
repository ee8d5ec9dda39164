package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ImageOps;
import io.auxgrad.tensor.ops.ImageView;
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.MetricOps;
import io.auxgrad.tensor.ops.OptimizerOps;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.ReductionOps;
import io.auxgrad.tensor.ops.ResizeOps;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Each op on images {@code [N,H,W,C]} of any extents, none and very many among them, with whatever
 * else it needs.
 */
final class EveryOp {
  /** Carries out an op on new tensors, and returns its results. */
  interface Op {
    List<Tensor> run();
  }

  private static final int IGNORE = 255;
  private static final int UP = 3;

  private final Backend backend;
  private final Shape images;
  private final int n;
  private final int h;
  private final int w;
  private final int c;
  private final Map<String, Op> ops = new LinkedHashMap<>();

  private EveryOp(Backend backend, Shape images) {
    this.backend = backend;
    this.images = images;
    n = images.dim(0);
    h = images.dim(1);
    w = images.dim(2);
    c = images.dim(3);
  }

  /** All of them by name. */
  static Map<String, Op> of(Backend backend, Shape images) {
    EveryOp all = new EveryOp(backend, images);
    all.convolutions();
    all.normalizations();
    all.poolings();
    all.resizes();
    all.pointwise();
    all.reductions();
    all.products();
    all.indexing();
    all.losses();
    all.upsampledLosses();
    all.metrics();
    all.views();
    all.optimizers();
    return all.ops;
  }

  private Tensor floats(int... dims) {
    Tensor t = Tensor.empty(backend.memory(), DType.FLOAT32, Shape.of(dims));
    backend.pointwise().fill(t, 0.5f);
    return t;
  }

  private Tensor zeros(DType type, int... dims) {
    return Tensor.zeros(backend.memory(), type, Shape.of(dims));
  }

  private Tensor image() {
    return floats(images.dims());
  }

  private Tensor perChannel() {
    return floats(c);
  }

  private static List<Tensor> present(Tensor... results) {
    return Arrays.stream(results).filter(r -> r != null).toList();
  }

  private void convolutions() {
    convolution("dense", Shape.of(4, 3, 3, c), Conv2dSpec.of(1, 1));
    convolution("dense of stride 2", Shape.of(4, 3, 3, c), Conv2dSpec.of(2, 1));
    convolution("without outputs", Shape.of(0, 3, 3, c), Conv2dSpec.of(1, 1));
    convolution("of one pixel", Shape.of(4, 1, 1, c), Conv2dSpec.of(1, 0));
    convolution("without taps", Shape.of(4, 0, 0, c), Conv2dSpec.of(1, 0));
    if (c > 0) {
      convolution("depthwise", Shape.of(c, 3, 3, 1), Conv2dSpec.of(1, 1, 1, c));
      convolution("depthwise, large", Shape.of(c, 5, 5, 1), Conv2dSpec.of(2, 2, 1, c));
      convolution("depthwise, many outputs", Shape.of(2 * c, 3, 3, 1), Conv2dSpec.of(1, 1, 1, c));
    }
    convolution("grouped", Shape.of(4, 3, 3, c / 2), Conv2dSpec.of(1, 1, 1, 2));
  }

  private void convolution(String name, Shape weight, Conv2dSpec spec) {
    var conv = backend.convolution();
    ops.put(
        "conv2d " + name,
        () -> {
          Tensor bias = floats(weight.dim(0));
          return List.of(conv.forward(image(), floats(weight.dims()), bias, spec, Activation.RELU));
        });
    ops.put(
        "conv2d gradient of input, " + name,
        () -> {
          Tensor dy = floats(spec.outputShape(images, weight).dims());
          return List.of(conv.gradInput(dy, floats(weight.dims()), spec, images));
        });
    ops.put(
        "conv2d gradient of weight, " + name,
        () -> {
          Tensor dy = floats(spec.outputShape(images, weight).dims());
          var gradients = conv.gradWeight(image(), dy, spec, weight, true);
          return List.of(gradients.weight(), gradients.bias());
        });
  }

  private void normalizations() {
    var norm = backend.normalization();
    ops.put(
        "batch norm",
        () -> {
          Tensor mean = perChannel();
          Tensor variance = perChannel();
          var t =
              norm.train(
                  image(),
                  perChannel(),
                  perChannel(),
                  image(),
                  mean,
                  variance,
                  0.1f,
                  1e-5f,
                  Activation.RELU);
          return List.of(t.y(), t.mean(), t.invStd(), mean, variance);
        });
    ops.put(
        "batch norm, inference",
        () -> {
          Tensor p = perChannel();
          return List.of(norm.infer(image(), p, p, null, p, p, 1e-5f, Activation.IDENTITY));
        });
    ops.put(
        "batch norm, again",
        () -> {
          Tensor p = perChannel();
          return List.of(norm.normalize(image(), p, p, p, p, Activation.RELU));
        });
    for (boolean batch : new boolean[] {true, false}) {
      ops.put(
          "batch norm gradient, statistics of the batch: " + batch,
          () -> {
            Tensor p = perChannel();
            Tensor x = image();
            var g = norm.backward(x, x, x, p, p, p, p, Activation.RELU, batch, true);
            return List.of(g.x(), g.gamma(), g.beta(), g.residual());
          });
    }
  }

  private void poolings() {
    var pooling = backend.pooling();
    Pool2dSpec spec = new Pool2dSpec(3, 2, 1);
    ops.put(
        "max pool",
        () -> {
          var max = pooling.max(image(), spec, true);
          return List.of(max.y(), max.positions());
        });
    ops.put(
        "max pool and sum",
        () -> {
          var both = pooling.maxAndSum(image(), spec, image());
          return List.of(both.y(), both.sum());
        });
    ops.put(
        "pooling chain",
        () -> {
          Tensor factor = floats(images.dim(3));
          return List.of(pooling.chain(image(), new Pool2dSpec(3, 1, 1), List.of(factor, factor)));
        });
    ops.put(
        "max pool gradient",
        () -> {
          int[] out = spec.outputShape(images).dims();
          return List.of(pooling.maxBackward(floats(out), zeros(DType.UINT8, out), spec, images));
        });
    ops.put("average pool", () -> List.of(pooling.average(image(), spec)));
    ops.put(
        "average pool gradient",
        () ->
            List.of(
                pooling.averageBackward(floats(spec.outputShape(images).dims()), spec, images)));
    ops.put("global pool", () -> List.of(pooling.global(image())));
    ops.put(
        "global pool gradient", () -> List.of(pooling.globalBackward(floats(n, 1, 1, c), images)));
  }

  private void resizes() {
    for (var mode : ResizeOps.Mode.values()) {
      ops.put("resize " + mode, () -> List.of(backend.resize().forward(image(), 5, 7, mode)));
      ops.put(
          "resize gradient " + mode, () -> List.of(backend.resize().backward(image(), 5, 7, mode)));
      ops.put(
          "resize gradient to none " + mode,
          () -> List.of(backend.resize().backward(floats(n, 5, 7, c), h, w, mode)));
    }
  }

  private void pointwise() {
    var pointwise = backend.pointwise();
    ops.put("sigmoid", () -> List.of(pointwise.unary(UnaryOp.SIGMOID, image())));
    ops.put(
        "sigmoid gradient",
        () -> List.of(pointwise.unaryBackward(UnaryOp.SIGMOID, image(), image(), image())));
    ops.put("add", () -> List.of(pointwise.binary(BinaryOp.ADD, image(), image())));
    ops.put("add a row", () -> List.of(pointwise.binary(BinaryOp.ADD, image(), perChannel())));
    ops.put(
        "add a map", () -> List.of(pointwise.binary(BinaryOp.ADD, image(), floats(n, h, w, 1))));
    ops.put("affine", () -> List.of(pointwise.affine(image(), 2, 1)));
    ops.put("cast", () -> List.of(pointwise.cast(image(), DType.BFLOAT16)));
    ops.put("dropout", () -> List.of(pointwise.dropout(image(), 0.5f, 1, zeros(DType.INT32, 2))));
    ops.put(
        "in place",
        () -> {
          Tensor x = image();
          pointwise.accumulate(x, image());
          pointwise.scaleBy(x, floats(1));
          Tensor copy = image();
          pointwise.copy(x, copy);
          return List.of(copy);
        });
  }

  private void reductions() {
    var reduction = backend.reduction();
    for (var kind : ReductionOps.Kind.values()) {
      ops.put("reduce " + kind, () -> List.of(reduction.reduce(kind, image())));
      ops.put("reduce pixels " + kind, () -> List.of(reduction.reduce(kind, image(), 1, 2)));
    }
    ops.put("sum to channels", () -> List.of(reduction.sumTo(image(), Shape.of(c))));
    ops.put("sum to maps", () -> List.of(reduction.sumTo(image(), Shape.of(n, h, w, 1))));
    ops.put("sum to a number", () -> List.of(reduction.sumTo(image(), Shape.of())));
    ops.put("argmax", () -> List.of(reduction.argmax(image())));
    ops.put("softmax", () -> List.of(reduction.softmax(image())));
    ops.put("softmax gradient", () -> List.of(reduction.softmaxBackward(image(), image())));
    ops.put("unit vectors", () -> List.of(reduction.unitVectors(image())));
  }

  private void products() {
    var matmul = backend.matmul();
    ops.put("product", () -> List.of(matmul.multiply(floats(h, c), false, floats(c, w), false)));
    ops.put(
        "products", () -> List.of(matmul.multiply(floats(n, c, h), true, floats(n, w, c), true)));
  }

  private void indexing() {
    var indexing = backend.indexing();
    for (int axis = 0; axis < 4; axis++) {
      int at = axis;
      ops.put("concat " + at, () -> List.of(indexing.concat(List.of(image(), image()), at)));
      ops.put("slice " + at, () -> List.of(indexing.slice(image(), at, 0, images.dim(at) / 2)));
      ops.put(
          "slice gradient " + at,
          () ->
              List.of(indexing.sliceBackward(image(), at, 1, images.with(at, images.dim(at) + 2))));
    }
    ops.put("permute", () -> List.of(indexing.permute(image(), 0, 3, 1, 2)));
    ops.put("permute rows", () -> List.of(indexing.permute(image(), 1, 0, 2, 3)));
    ops.put(
        "confusion",
        () -> {
          Tensor labels = zeros(DType.INT32, n, h, w);
          Tensor counts = zeros(DType.INT32, c, c);
          indexing.confusion(labels, labels, IGNORE, counts);
          return List.of(counts);
        });
  }

  private static List<Tensor> both(LossOps.Result result) {
    return present(result.loss(), result.gradient());
  }

  private void losses() {
    var loss = backend.loss();
    ops.put(
        "cross-entropy",
        () -> both(loss.crossEntropy(image(), ignored(n, h, w), IGNORE, perChannel(), true)));
    ops.put("cosine", () -> both(loss.cosine(image(), image(), null, true)));
    ops.put(
        "masked cosine",
        () -> both(loss.cosine(image(), image(), zeros(DType.UINT8, n, h, w), true)));
    for (var penalty : LossOps.Penalty.values()) {
      ops.put(
          "loss " + penalty, () -> both(loss.regression(penalty, image(), image(), null, true)));
    }
  }

  private Tensor ignored(int... dims) {
    Tensor labels = floats(dims);
    backend.pointwise().fill(labels, IGNORE);
    return backend.pointwise().cast(labels, DType.INT32);
  }

  private void upsampledLosses() {
    var loss = backend.loss();
    ops.put(
        "upsampled cross-entropy",
        () ->
            both(
                loss.upsampledCrossEntropy(
                    image(), ignored(n, UP * h, UP * w), IGNORE, perChannel(), true)));
    ops.put(
        "upsampled cosine",
        () -> both(loss.upsampledCosine(image(), floats(n, UP * h, UP * w, c), null, true)));
    for (var penalty : LossOps.Penalty.values()) {
      ops.put(
          "upsampled loss " + penalty,
          () ->
              both(
                  loss.upsampledRegression(
                      penalty, image(), floats(n, UP * h, UP * w, c), null, true)));
    }
  }

  private void metrics() {
    var metric = backend.metric();
    ops.put(
        "depth sums",
        () -> {
          Tensor sums = zeros(DType.FLOAT64, MetricOps.DEPTH_SUMS);
          metric.depth(image(), image(), null, 0.1f, sums);
          return List.of(sums);
        });
    ops.put(
        "normals sums",
        () -> {
          Tensor sums = zeros(DType.FLOAT64, MetricOps.NORMALS_SUMS);
          Tensor histogram = zeros(DType.INT32, 8);
          metric.normals(floats(n, h, w, 3), floats(n, h, w, 3), null, sums, histogram);
          return List.of(sums, histogram);
        });
    ops.put(
        "sums of counts",
        () -> {
          Tensor sums = zeros(DType.FLOAT64, n, h, w, c);
          metric.accumulate(zeros(DType.INT32, n, h, w, c), sums);
          return List.of(sums);
        });
  }

  private void views() {
    var image = backend.image();
    float[] ones = {1, 1, 1};
    ops.put(
        "network input",
        () -> {
          Tensor rgb = zeros(DType.UINT8, n, h, w, 3);
          Tensor y = floats(n, 5, 7, 3);
          image.input(rgb, whole(), ones, ones, y);
          return List.of(y);
        });
    ops.put(
        "class labels",
        () -> {
          Tensor y = zeros(DType.INT32, n, 5, 7);
          image.classes(zeros(DType.UINT8, n, h, w), whole(), y);
          return List.of(y);
        });
    ops.put(
        "depth labels",
        () -> {
          var masked = masked(1);
          image.depth(floats(n, h, w), whole(), masked);
          return List.of(masked.values(), masked.mask());
        });
    ops.put(
        "normals labels",
        () -> {
          var masked = masked(3);
          image.normals(floats(n, h, w, 3), whole(), masked);
          return List.of(masked.values(), masked.mask());
        });
  }

  private ImageOps.Masked masked(int channels) {
    return new ImageOps.Masked(floats(n, 5, 7, channels), zeros(DType.UINT8, n, 5, 7));
  }

  /** A view of each image. */
  private Tensor whole() {
    return floats(n, ImageView.NUMBERS);
  }

  private void optimizers() {
    ops.put(
        "optimizers",
        () -> {
          var optimizer = backend.optimizer();
          List<Tensor> lists = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            lists.add(image());
          }
          List<Tensor> a = List.of(lists.get(0), floats(3));
          List<Tensor> b = List.of(lists.get(1), floats(3));
          List<Tensor> m = List.of(lists.get(2), floats(3));
          List<Tensor> v = List.of(lists.get(3), floats(3));
          Tensor numbers = new OptimizerOps.Sgd(0.1f, 0.9f, 0, false, 0.01f).on(backend.memory());
          Tensor verdict = zeros(DType.FLOAT32, OptimizerOps.VERDICT);
          optimizer.clip(floats(2), List.of(floats(3)), 1, verdict);
          optimizer.sgd(a, b, m, true, numbers, verdict);
          optimizer.average(a, b, 0.9f, verdict);
          optimizer.scale(a, 2);
          Tensor norm = floats(1);
          backend.pointwise().fill(norm, (float) optimizer.sumOfSquares(List.of(lists.get(0))));
          return List.of(a.get(0), a.get(1), v.get(0), norm);
        });
  }
}
