package io.auxgrad.kernels.cpu.onednn;

import static io.auxgrad.kernels.cpu.onednn.Plan.Operand.in;
import static io.auxgrad.kernels.cpu.onednn.Plan.Operand.out;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
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
  private final MemoryDesc x;
  private final MemoryDesc y;
  private final Factors factors;
  private final Factors wide;
  private final MemoryDesc w;
  private final MemoryDesc anyW;
  private final MemoryDesc bias;
  private final long[] strides;
  private final long[] dilations;
  private final long[] padding;

  /** Of the given shapes; {@code xType} and {@code yType} are those of the gradients too. */
  public ConvolutionPlans(OneDnn dnn, Shape x, DType xType, Shape w, Conv2dSpec spec, DType yType) {
    this.dnn = dnn;
    Shape out = spec.outputShape(x, w);
    shapes = "%s input %s, weight %s, %s, %s output".formatted(xType, x, w, spec, yType);
    this.x = MemoryDesc.nhwc(xType, x);
    this.y = MemoryDesc.nhwc(yType, out);
    this.w = weights(w, spec.groups());
    depthwise = spec.groups() > 1 && w.dim(3) == 1;
    factors = new Factors(xType == DType.BFLOAT16 ? xType : yType, x, this.w, out);
    wide = new Factors(DType.FLOAT32, x, this.w, out);
    anyW = this.w.any(DType.FLOAT32);
    this.bias = MemoryDesc.vector(w.dim(0));
    strides = new long[] {spec.strideH(), spec.strideW()};
    // oneDNN counts the taps left out between two.
    dilations = new long[] {spec.dilationH() - 1, spec.dilationW() - 1};
    padding = new long[] {spec.padH(), spec.padW()};
  }

  /** Operands: x, w, y and, {@code withBias}, bias. */
  public Plan forward(Activation activation, boolean withBias) {
    long descriptor =
        fastest(f ->
            forwardDescriptor(f, f == wide ? wide.y : y, FORWARD_INFERENCE, activation, withBias));
    String what = "convolution of " + shapes;
    return withBias
        ? new Plan(
            dnn,
            what,
            descriptor,
            in(ARG_SRC, x),
            in(ARG_WEIGHTS, w),
            out(ARG_DST, y),
            in(ARG_BIAS, bias))
        : new Plan(dnn, what, descriptor, in(ARG_SRC, x), in(ARG_WEIGHTS, w), out(ARG_DST, y));
  }

  /** Operands: dy, w, dx. */
  public Plan gradInput() {
    String what = "input gradient of the convolution of " + shapes;
    long descriptor = fastest(f -> gradInputDescriptor(f, what));
    return new Plan(
        dnn, what, descriptor, in(ARG_DIFF_DST, y), in(ARG_WEIGHTS, w), out(ARG_DIFF_SRC, x));
  }

  private long gradInputDescriptor(Factors f, String what) {
    long hint = forwardDescriptor(f, f.y, FORWARD_TRAINING, Activation.IDENTITY, false);
    try (Attributes attributes = new Attributes(Activation.IDENTITY)) {
      long descriptor =
          create(
              what,
              "dnnl_convolution_backward_data_primitive_desc_create",
              dnn.engine(),
              DIRECT,
              f == wide ? wide.x.handle() : x.handle(),
              f.w.handle(),
              f.y.handle(),
              strides,
              dilations,
              padding,
              padding,
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
    return withBias
        ? new Plan(
            dnn,
            what,
            descriptor,
            in(ARG_SRC, x),
            in(ARG_DIFF_DST, y),
            out(ARG_DIFF_WEIGHTS, w),
            out(ARG_DIFF_BIAS, bias))
        : new Plan(
            dnn, what, descriptor, in(ARG_SRC, x), in(ARG_DIFF_DST, y), out(ARG_DIFF_WEIGHTS, w));
  }

  private long gradWeightDescriptor(Factors f, String what, boolean withBias) {
    long hint = forwardDescriptor(f, f.y, FORWARD_TRAINING, Activation.IDENTITY, withBias);
    try (Attributes attributes = new Attributes(Activation.IDENTITY)) {
      return create(
          what,
          "dnnl_convolution_backward_weights_primitive_desc_create",
          dnn.engine(),
          DIRECT,
          f.x.handle(),
          anyW.handle(),
          withBias ? bias.handle() : 0L,
          f.y.handle(),
          strides,
          dilations,
          padding,
          padding,
          hint,
          attributes.handle());
    } finally {
      Library.call("dnnl_primitive_desc_destroy", hint);
    }
  }

  private long forwardDescriptor(
      Factors f, MemoryDesc result, int kind, Activation activation, boolean withBias) {
    try (Attributes attributes = new Attributes(activation)) {
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
          strides,
          dilations,
          padding,
          padding,
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

    Factors(DType type, Shape x, MemoryDesc w, Shape y) {
      this.type = type;
      this.x = MemoryDesc.nhwc(type, x);
      this.w = w.any(type);
      this.y = MemoryDesc.nhwc(type, y);
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

  private static MemoryDesc weights(Shape w, int groups) {
    long o = w.dim(0);
    long kh = w.dim(1);
    long kw = w.dim(2);
    long i = w.dim(3);
    long filter = kh * kw * i;
    return groups == 1
        ? MemoryDesc.strided(DType.FLOAT32, new long[] {o, i, kh, kw}, filter, 1, kw * i, i)
        : MemoryDesc.strided(
            DType.FLOAT32,
            new long[] {groups, o / groups, i, kh, kw},
            o / groups * filter,
            filter,
            1,
            kw * i,
            i);
  }

  @Override
  public void close() {
    List.of(x, y, w, anyW, bias).forEach(MemoryDesc::close);
    factors.close();
    wide.close();
  }
}
