package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cases.CaseCheck;
import io.auxgrad.kernels.cases.Cases;
import io.auxgrad.kernels.cases.Verdict;
import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;
import io.auxgrad.tensor.ops.MathMode;
import java.util.List;
import java.util.Set;

/** What convolutions and products by NVIDIA's libraries must be like, on a GPU or what plays it. */
final class LibraryChecks {
  private static final long SEED = 20260101;
  private static final Set<String> OPS =
      Set.of(
          "convolution.forward",
          "convolution.gradInput",
          "convolution.gradWeight",
          "matmul.multiply");

  /** What rounding to bfloat16 changes a number by at most, as a part of it. */
  private static final double BFLOAT16_UNIT = 0x1p-8;

  private static final double TF32_PRODUCT = 0x1p-10;
  private static final double FLOAT32_SUM = 0x1p-18;

  /** Strides, dilation, groups, 1x1, depthwise; channels that are whole packs and not. */
  private static final List<Conv2dSpec> SPECS =
      List.of(
          Conv2dSpec.of(1, 1),
          Conv2dSpec.of(2, 1),
          Conv2dSpec.of(1, 2, 2, 1),
          Conv2dSpec.of(2, 1, 1, 4),
          Conv2dSpec.of(1, 1, 1, 8));

  private final Backend backend;
  private final ConvolutionOps ops;
  private final ConvolutionOps own;
  private final Philox random = new Philox(SEED, 3);

  /** Of {@code backend}, on {@code gpu}. */
  LibraryChecks(Gpu gpu, Backend backend) {
    this.backend = backend;
    ops = backend.convolution();
    own = new ForcedWay(gpu, "own");
  }

  /** All cases of the op contract that are concerned, in float32, forward and backward. */
  void cases() {
    cases("");
  }

  /** Those with {@code part} in their names. */
  void cases(String part) {
    CaseCheck check = new CaseCheck(backend, SEED);
    for (var c : Cases.all()) {
      if (c.covers().stream().anyMatch(OPS::contains) && c.toString().contains(part)) {
        expect(c.toString(), check.forward(c));
        expect(c.toString(), check.gradients(c));
      }
    }
  }

  /** All cases of convolutions forward, in float32. */
  void forward() {
    CaseCheck check = new CaseCheck(backend, SEED);
    for (var c : Cases.all()) {
      if (c.covers().contains("convolution.forward")) {
        expect(c.toString(), check.forward(c));
      }
    }
  }

  private static void expect(String name, Verdict verdict) {
    assertTrue(verdict.agrees(), () -> "%s: %s, seed %d".formatted(name, verdict.problem(), SEED));
  }

  /** With bfloat16 on one side or all: what our own kernels give, within rounding. */
  void bfloat16() {
    for (int kernel : new int[] {3, 1}) {
      for (Conv2dSpec spec : SPECS) {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
          try (var _ = TensorScope.open()) {
            bfloat16(kernel, kernel == 1 ? pointwise(spec) : spec, type);
          }
        }
      }
    }
  }

  private static Conv2dSpec pointwise(Conv2dSpec spec) {
    return new Conv2dSpec(spec.strideH(), spec.strideW(), 0, 0, 1, 1, spec.groups(), spec.math());
  }

  private void bfloat16(int kernel, Conv2dSpec spec, DType type) {
    Tensor x = cast(uniform(2, 9, 11, 8), DType.BFLOAT16);
    Tensor w = uniform(16, kernel, kernel, 8 / spec.groups());
    Tensor bias = uniform(16);
    Shape shape = spec.outputShape(x.shape(), w.shape());
    Tensor residual = cast(uniform(shape.dims()), type);
    Tensor dy = cast(uniform(shape.dims()), type);
    String what = "%dx%d %s to %s".formatted(kernel, kernel, spec, type);
    Activation relu = Activation.RELU6;
    // A library's sums are rounded before bias and residual are added.
    Tensor sums = own.forward(x, w, null, spec, null, Activation.IDENTITY, DType.FLOAT32);
    expectNear(
        what,
        own.forward(x, w, bias, spec, residual, relu, type),
        ops.forward(x, w, bias, spec, residual, relu, type),
        sums);
    for (DType dxType : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      if (dxType == DType.BFLOAT16 || type == DType.BFLOAT16) {
        expectNear(
            what + ", gradient of the input",
            own.gradInput(dy, w, spec, x.shape(), dxType),
            ops.gradInput(dy, w, spec, x.shape(), dxType));
      }
    }
    var want = own.gradWeight(x, dy, spec, w.shape(), true);
    var got = ops.gradWeight(x, dy, spec, w.shape(), true);
    assertEquals(DType.FLOAT32, got.weight().dtype());
    // cuDNN gives it in bfloat16.
    expectNear(what + ", gradient of the weight", want.weight(), got.weight());
    // Our kernels round what they add up here too.
    Shape channels = Shape.of(16);
    expectWithin(
        BFLOAT16_UNIT,
        backend.reduction().sumTo(dy, channels),
        got.bias(),
        backend.reduction().sumTo(absolute(cast(dy, DType.FLOAT32)), channels));
  }

  /**
   * With bias, residual and activation in the same pass, whichever there are: results of bfloat16
   * are off by one rounding of their own and that of the bias, and others by none, though the
   * images that they are made of are bfloat16.
   */
  void fused() {
    for (int kernel : new int[] {3, 1}) {
      for (Conv2dSpec spec : List.of(SPECS.get(0), SPECS.get(1), SPECS.get(3))) {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
          for (Activation activation : Activation.values()) {
            try (var _ = TensorScope.open()) {
              fused(kernel, kernel == 1 ? pointwise(spec) : spec, activation, type);
            }
          }
        }
      }
    }
  }

  private void fused(int kernel, Conv2dSpec spec, Activation activation, DType type) {
    Tensor x = cast(uniform(2, 9, 11, 8), DType.BFLOAT16);
    Tensor w = uniform(16, kernel, kernel, 8 / spec.groups());
    Shape shape = spec.outputShape(x.shape(), w.shape());
    Tensor all = cast(uniform(shape.dims()), type);
    for (Tensor bias : new Tensor[] {uniform(16), null}) {
      for (Tensor residual : new Tensor[] {all, null}) {
        Tensor want = own.forward(x, w, bias, spec, residual, activation, type);
        Tensor got = ops.forward(x, w, bias, spec, residual, activation, type);
        expectRoundedOnce(
            "%dx%d %s, %s, %s to %s".formatted(kernel, kernel, spec, activation, bias, type),
            want,
            got,
            type == DType.FLOAT32 || bias == null ? new float[16] : roundings(bias));
      }
    }
  }

  private float[] roundings(Tensor bias) {
    float[] errors = bias.toFloats();
    float[] rounded = floats(cast(bias, DType.BFLOAT16));
    for (int i = 0; i < errors.length; i++) {
      errors[i] = Math.abs(errors[i] - rounded[i]);
    }
    return errors;
  }

  private void expectRoundedOnce(String what, Tensor want, Tensor got, float[] ofBias) {
    assertEquals(want.dtype(), got.dtype(), what);
    double part = want.dtype() == DType.BFLOAT16 ? 2 * BFLOAT16_UNIT : 0;
    float[] wanted = floats(want);
    float[] gotten = floats(got);
    double scale = largest(wanted);
    for (int i = 0; i < wanted.length; i++) {
      double allowed =
          part * Math.max(Math.abs(wanted[i]), Math.abs(gotten[i]))
              + ofBias[i % ofBias.length]
              + FLOAT32_SUM * scale;
      assertEquals(wanted[i], gotten[i], allowed, what + ", element " + i);
    }
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  private void expectNear(String what, Tensor want, Tensor got) {
    expectNear(what, want, got, want);
  }

  /** Within roundings to bfloat16: of either result, and of {@code before}. */
  private void expectNear(String what, Tensor want, Tensor got, Tensor before) {
    assertEquals(want.dtype(), got.dtype(), what);
    float[] wanted = floats(want);
    float[] gotten = floats(got);
    float[] sums = floats(before);
    double scale = largest(wanted);
    for (int i = 0; i < wanted.length; i++) {
      double sizes = 2 * Math.abs(wanted[i]) + Math.abs(sums[i]);
      double allowed = BFLOAT16_UNIT * sizes + FLOAT32_SUM * scale;
      double error = Math.abs(wanted[i] - gotten[i]);
      if (!(error <= allowed)) {
        throw new AssertionError(
            "%s [%d] is %.9g, want %.9g, allowed error %.3g"
                .formatted(what, i, gotten[i], wanted[i], allowed));
      }
    }
  }

  /**
   * Float32 is multiplied as itself unless TF32 is asked for, which is off by no more than two
   * roundings of factors. With square kernels of these sizes.
   */
  void tf32(int... kernels) {
    for (int kernel : kernels) {
      try (var _ = TensorScope.open()) {
        Conv2dSpec plain = Conv2dSpec.of(1, kernel / 2);
        Tensor x = uniform(2, 9, 11, 16);
        Tensor w = uniform(24, kernel, kernel, 16);
        Tensor exact = own.forward(x, w, null, plain, Activation.IDENTITY);
        Tensor sizes = own.forward(absolute(x), absolute(w), null, plain, Activation.IDENTITY);
        expectWithin(
            FLOAT32_SUM, exact, ops.forward(x, w, null, plain, Activation.IDENTITY), sizes);
        Tensor fast = ops.forward(x, w, null, plain.with(MathMode.TF32), Activation.IDENTITY);
        double worst = expectWithin(TF32_PRODUCT, exact, fast, sizes);
        assertTrue(
            worst > FLOAT32_SUM, "TF32 was asked for, and an error of " + worst + " is none");
      }
    }
  }

  /** Each error as a part of the sum of the sizes of all products; the largest of them. */
  private double expectWithin(double part, Tensor want, Tensor got, Tensor sizes) {
    float[] wanted = floats(want);
    float[] gotten = floats(got);
    float[] allowed = floats(sizes);
    double worst = 0;
    for (int i = 0; i < wanted.length; i++) {
      worst = Math.max(worst, Math.abs(wanted[i] - gotten[i]) / allowed[i]);
    }
    assertTrue(
        worst <= part, "an error is %g of the products, %g is allowed".formatted(worst, part));
    return worst;
  }

  /** Products of matrices of mixed types, and in TF32. */
  void products() {
    try (var _ = TensorScope.open()) {
      Tensor a = uniform(3, 37, 65);
      Tensor b = uniform(3, 19, 65);
      Tensor rounded =
          backend
              .matmul()
              .multiply(
                  cast(cast(a, DType.BFLOAT16), DType.FLOAT32),
                  false,
                  cast(cast(b, DType.BFLOAT16), DType.FLOAT32),
                  true);
      for (DType left : List.of(DType.FLOAT32, DType.BFLOAT16)) {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
          Tensor got =
              backend.matmul().multiply(cast(a, left), false, cast(b, DType.BFLOAT16), true, type);
          expectNear(left + " to " + type, cast(rounded, type), got);
        }
      }
      // Whole packs, lest a library have no kernel for tensor cores.
      Tensor c = uniform(3, 40, 64);
      Tensor d = uniform(3, 24, 64);
      Tensor exact = backend.matmul().multiply(c, false, d, true);
      Tensor fast = backend.matmul().multiply(c, false, d, true, DType.FLOAT32, MathMode.TF32);
      Tensor sizes = backend.matmul().multiply(absolute(c), false, absolute(d), true);
      double worst = expectWithin(TF32_PRODUCT, exact, fast, sizes);
      assertTrue(worst > FLOAT32_SUM, "TF32 was asked for, and an error of " + worst + " is none");
    }
  }

  /** The same bytes each time. */
  void repeatable() {
    for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      try (var _ = TensorScope.open()) {
        Conv2dSpec spec = Conv2dSpec.of(1, 1);
        Tensor x = cast(uniform(4, 33, 31, 64), type);
        Tensor w = uniform(64, 3, 3, 64);
        Tensor dy = cast(uniform(4, 33, 31, 64), type);
        Tensor bias = uniform(64);
        float[] y = floats(ops.forward(x, w, null, spec, Activation.IDENTITY));
        float[] more = floats(ops.forward(x, w, bias, spec, dy, Activation.RELU, type));
        float[] dx = floats(ops.gradInput(dy, w, spec, x.shape()));
        float[] dw = floats(ops.gradWeight(x, dy, spec, w.shape(), false).weight());
        for (int i = 0; i < 3; i++) {
          assertArrayEquals(y, floats(ops.forward(x, w, null, spec, Activation.IDENTITY)));
          assertArrayEquals(more, floats(ops.forward(x, w, bias, spec, dy, Activation.RELU, type)));
          assertArrayEquals(dx, floats(ops.gradInput(dy, w, spec, x.shape())));
          assertArrayEquals(dw, floats(ops.gradWeight(x, dy, spec, w.shape(), false).weight()));
        }
      }
    }
  }

  private Tensor uniform(int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-1, 1);
    }
    return Tensor.of(backend.memory(), shape, values);
  }

  private Tensor absolute(Tensor t) {
    float[] values = t.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    return Tensor.of(backend.memory(), t.shape(), values);
  }

  private Tensor cast(Tensor t, DType type) {
    return t.dtype() == type ? t : backend.pointwise().cast(t, type);
  }

  private float[] floats(Tensor t) {
    return cast(t, DType.FLOAT32).toFloats();
  }
}
