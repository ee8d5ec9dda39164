package io.auxgrad.kernels.cpu.onednn;

import static io.auxgrad.kernels.cpu.onednn.PrimitivePlan.Operand.in;
import static io.auxgrad.kernels.cpu.onednn.PrimitivePlan.Operand.out;

import io.auxgrad.kernels.cpu.onednn.PrimitivePlan.Operand;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Makes plans for one convolution: {@code x [N,H,W,C]}, {@code w [O,KH,KW,C/groups]}, {@code y
 * [N,OH,OW,O]}.
 *
 * <p>If {@code x} or {@code y} is bfloat16, products are taken of bfloat16 and summed in float32;
 * but in float32 where oneDNN has nothing fast for bfloat16. Weights, bias and their gradients are
 * float32 outside in any case.
 */
public final class ConvolutionPlans implements AutoCloseable {
  private static final int FORWARD_TRAINING = 64;
  private static final int FORWARD_INFERENCE = 96;
  private static final int DIRECT = 1;

  private static final int ARG_SRC = 1;
  private static final int ARG_DST = 17;
  private static final int ARG_WEIGHTS = 33;
  private static final int ARG_BIAS = 41;
  private static final int ARG_DIFF_SRC = 129;
  private static final int ARG_DIFF_DST = 145;
  private static final int ARG_DIFF_WEIGHTS = 161;
  private static final int ARG_DIFF_BIAS = 169;

  private final OneDnn dnn;
  private final String shapes;
  private final boolean depthwise;
  private final Geometry geometry;
  private final DType xType;
  private final DType yType;
  private final MemoryDesc x;
  private final MemoryDesc y;
  private final Factors factors;
  private final Factors wide;
  private final MemoryDesc w;
  private final MemoryDesc anyW;
  private final MemoryDesc bias;
  private final Operand source;
  private final Operand weight;
  private final Operand gradient;
  private final Operand weightGradient;

  /** Of the given shapes; {@code xType} and {@code yType} are those of the gradients too. */
  public ConvolutionPlans(OneDnn dnn, Shape x, DType xType, Shape w, Conv2dSpec spec, DType yType) {
    this(
        dnn,
        "%s input %s, weight %s, %s, %s output".formatted(xType, x, w, spec, yType),
        Geometry.of(x, w, spec),
        xType,
        yType);
  }

  private ConvolutionPlans(OneDnn dnn, String shapes, Geometry geometry, DType xType, DType yType) {
    this.dnn = dnn;
    this.shapes = shapes;
    this.geometry = geometry;
    this.xType = xType;
    this.yType = yType;
    x = geometry.x().inside(xType);
    y = geometry.y().inside(yType);
    w = geometry.weights();
    depthwise = geometry.spec().groups() > 1 && geometry.w().dim(3) == 1;
    factors = new Factors(xType == DType.BFLOAT16 ? xType : yType, geometry, w);
    wide = new Factors(DType.FLOAT32, geometry, w);
    anyW = w.any(DType.FLOAT32);
    bias = MemoryDesc.vector(geometry.w().dim(0));
    source = in(ARG_SRC, x, geometry.x().offset(xType));
    weight = in(ARG_WEIGHTS, w, geometry.weightOffset());
    gradient = in(ARG_DIFF_DST, y, geometry.y().offset(yType));
    weightGradient = out(ARG_DIFF_WEIGHTS, w, geometry.weightOffset());
  }

  /**
   * Whether every element of a weight's gradient is written; where some taps see nothing but
   * padding, theirs are left as they are.
   */
  public static boolean writesAllWeights(Shape x, Shape w, Conv2dSpec spec) {
    return Geometry.of(x, w, spec).isWhole();
  }

  /** Operands: x, w, y, then, if there, bias and residual. */
  public Plan forward(Activation activation, boolean withBias, boolean withResidual) {
    long descriptor =
        fastest(f -> {
          MemoryDesc result = f == wide ? wide.y : y;
          MemoryDesc residual = withResidual ? y : null;
          return forwardDescriptor(f, result, FORWARD_INFERENCE, activation, withBias, residual);
        });
    List<Operand> operands = new ArrayList<>(List.of(source, weight, out(ARG_DST, y, 0)));
    if (withBias) {
      operands.add(in(ARG_BIAS, bias, 0));
    }
    if (withResidual) {
      operands.add(in(Attributes.ARG_RESIDUAL, y, 0));
    }
    return new PrimitivePlan(
        dnn, "convolution of " + shapes, descriptor, operands.toArray(Operand[]::new));
  }

  /** Operands: dy, w, dx. */
  public Plan gradInput() {
    String what = "input gradient of the convolution of " + shapes;
    long descriptor = fastest(f -> gradInputDescriptor(f, what));
    return new PrimitivePlan(dnn, what, descriptor, gradient, weight, out(ARG_DIFF_SRC, x, 0));
  }

  private long gradInputDescriptor(Factors f, String what) {
    long hint = forwardDescriptor(f, f.y, FORWARD_TRAINING, Activation.IDENTITY, false, null);
    try (Attributes attributes = new Attributes()) {
      long descriptor =
          create(
              what,
              "dnnl_convolution_backward_data_primitive_desc_create",
              dnn.engine(),
              DIRECT,
              f == wide ? wide.x.handle() : x.handle(),
              f.w.handle(),
              f.y.handle(),
              geometry.strides(),
              geometry.dilations(),
              geometry.padding(),
              geometry.padding(),
              hint,
              attributes.handle());
      if (f.type == DType.BFLOAT16) {
        skipSlow(descriptor);
      }
      return descriptor;
    } finally {
      Library.call("dnnl_primitive_desc_destroy", hint);
    }
  }

  // For depthwise convolutions of stride 2, oneDNN's first choice in bfloat16 is an implementation
  // for dense ones, a hundred times as slow. The hint must live until the choice is made.
  private void skipSlow(long descriptor) {
    boolean more = true;
    while (more && !isFast(Library.implementation(descriptor))) {
      more = Library.number("dnnl_primitive_desc_next_impl", descriptor) == 0;
    }
  }

  /** Operands: x, dy, dw and, {@code withBias}, dbias. */
  public Plan gradWeight(boolean withBias) {
    String what = "weight gradient of the convolution of " + shapes;
    long descriptor = fastest(f -> gradWeightDescriptor(f, what, withBias));
    if (!withBias && isSlowDilated(descriptor)) {
      Library.call("dnnl_primitive_desc_destroy", descriptor);
      return new Plan.Sequence(geometry.taps().stream().map(this::gradWeight).toList());
    }
    return withBias
        ? new PrimitivePlan(
            dnn, what, descriptor, source, gradient, weightGradient, out(ARG_DIFF_BIAS, bias, 0))
        : new PrimitivePlan(dnn, what, descriptor, source, gradient, weightGradient);
  }

  // What oneDNN falls back to where the padding is wide: several times as slow as to take the
  // gradient of one tap after the other.
  private boolean isSlowDilated(long descriptor) {
    return Library.implementation(descriptor).startsWith("x64:gemm")
        && geometry.spec().strideH() == 1
        && geometry.spec().strideW() == 1
        && Math.max(geometry.rows().count(), geometry.columns().count()) > 1;
  }

  private Plan gradWeight(Geometry tap) {
    try (var plans = new ConvolutionPlans(dnn, shapes, tap, xType, yType)) {
      return plans.gradWeight(false);
    }
  }

  private long gradWeightDescriptor(Factors f, String what, boolean withBias) {
    long hint = forwardDescriptor(f, f.y, FORWARD_TRAINING, Activation.IDENTITY, withBias, null);
    try (Attributes attributes = new Attributes()) {
      return create(
          what,
          "dnnl_convolution_backward_weights_primitive_desc_create",
          dnn.engine(),
          DIRECT,
          f.x.handle(),
          anyW.handle(),
          withBias ? bias.handle() : 0L,
          f.y.handle(),
          geometry.strides(),
          geometry.dilations(),
          geometry.padding(),
          geometry.padding(),
          hint,
          attributes.handle());
    } finally {
      Library.call("dnnl_primitive_desc_destroy", hint);
    }
  }

  private long forwardDescriptor(
      Factors f,
      MemoryDesc result,
      int kind,
      Activation activation,
      boolean withBias,
      MemoryDesc residualOrNull) {
    try (Attributes attributes = new Attributes(residualOrNull, activation)) {
      return create(
          "convolution of " + shapes,
          "dnnl_convolution_forward_primitive_desc_create",
          dnn.engine(),
          kind,
          DIRECT,
          f.x.handle(),
          f.w.handle(),
          withBias ? bias.handle() : 0L,
          result.handle(),
          geometry.strides(),
          geometry.dilations(),
          geometry.padding(),
          geometry.padding(),
          attributes.handle());
    }
  }

  private long fastest(ToLongFunction<Factors> make) {
    long descriptor = make.applyAsLong(factors);
    if (factors.type == DType.FLOAT32 || isFast(Library.implementation(descriptor))) {
      return descriptor;
    }
    Library.call("dnnl_primitive_desc_destroy", descriptor);
    return make.applyAsLong(wide);
  }

  private boolean isFast(String implementation) {
    return depthwise ? implementation.contains("_dw") : !implementation.startsWith("ref");
  }

  /** What products are taken of. */
  private static final class Factors implements AutoCloseable {
    private final DType type;
    private final MemoryDesc x;
    private final MemoryDesc w;
    private final MemoryDesc y;

    Factors(DType type, Geometry geometry, MemoryDesc w) {
      this.type = type;
      this.x = geometry.x().dense(type);
      this.w = w.any(type);
      this.y = geometry.y().dense(type);
    }

    @Override
    public void close() {
      List.of(x, w, y).forEach(MemoryDesc::close);
    }
  }

  private static long create(String what, String function, Object... arguments) {
    try {
      return Library.create(function, arguments);
    } catch (OneDnnException e) {
      throw new OneDnnException(what + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    List.of(x, y, w, anyW, bias).forEach(MemoryDesc::close);
    factors.close();
    wide.close();
  }
}
