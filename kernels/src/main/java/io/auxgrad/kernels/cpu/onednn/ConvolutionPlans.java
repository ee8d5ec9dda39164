package io.auxgrad.kernels.cpu.onednn;

import static io.auxgrad.kernels.cpu.onednn.Plan.Operand.in;
import static io.auxgrad.kernels.cpu.onednn.Plan.Operand.out;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.List;

/**
 * Makes plans for one convolution: {@code x [N,H,W,C]}, {@code w [O,KH,KW,C/groups]}, {@code y
 * [N,OH,OW,O]}.
 *
 * <p>If {@code x} or {@code y} is bfloat16, products are taken of bfloat16 and summed in float32.
 * Weights, bias and their gradients are float32 outside in any case.
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
  private final MemoryDesc x;
  private final MemoryDesc y;
  private final MemoryDesc factorX;
  private final MemoryDesc factorY;
  private final MemoryDesc factorW;
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
    DType factors = xType == DType.BFLOAT16 ? xType : yType;
    this.x = MemoryDesc.nhwc(xType, x);
    this.y = MemoryDesc.nhwc(yType, out);
    factorX = MemoryDesc.nhwc(factors, x);
    factorY = MemoryDesc.nhwc(factors, out);
    this.w = weights(w, spec.groups());
    factorW = this.w.any(factors);
    anyW = this.w.any(DType.FLOAT32);
    this.bias = MemoryDesc.vector(w.dim(0));
    strides = new long[] {spec.strideH(), spec.strideW()};
    // oneDNN counts the taps left out between two.
    dilations = new long[] {spec.dilationH() - 1, spec.dilationW() - 1};
    padding = new long[] {spec.padH(), spec.padW()};
  }

  /** Operands: x, w, y and, {@code withBias}, bias. */
  public Plan forward(Activation activation, boolean withBias) {
    long descriptor = forwardDescriptor(FORWARD_INFERENCE, activation, withBias, y);
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
    long hint = forwardDescriptor(FORWARD_TRAINING, Activation.IDENTITY, false, factorY);
    try (Attributes attributes = new Attributes(Activation.IDENTITY)) {
      String function = "dnnl_convolution_backward_data_primitive_desc_create";
      String what = "input gradient of the convolution of " + shapes;
      long descriptor =
          create(
              what,
              function,
              dnn.engine(),
              DIRECT,
              x.handle(),
              factorW.handle(),
              factorY.handle(),
              strides,
              dilations,
              padding,
              padding,
              hint,
              attributes.handle());
      return new Plan(
          dnn, what, descriptor, in(ARG_DIFF_DST, y), in(ARG_WEIGHTS, w), out(ARG_DIFF_SRC, x));
    } finally {
      Library.call("dnnl_primitive_desc_destroy", hint);
    }
  }

  /** Operands: x, dy, dw and, {@code withBias}, dbias. */
  public Plan gradWeight(boolean withBias) {
    long hint = forwardDescriptor(FORWARD_TRAINING, Activation.IDENTITY, withBias, factorY);
    try (Attributes attributes = new Attributes(Activation.IDENTITY)) {
      String function = "dnnl_convolution_backward_weights_primitive_desc_create";
      String what = "weight gradient of the convolution of " + shapes;
      long descriptor =
          create(
              what,
              function,
              dnn.engine(),
              DIRECT,
              factorX.handle(),
              anyW.handle(),
              withBias ? bias.handle() : 0L,
              factorY.handle(),
              strides,
              dilations,
              padding,
              padding,
              hint,
              attributes.handle());
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
    } finally {
      Library.call("dnnl_primitive_desc_destroy", hint);
    }
  }

  private long forwardDescriptor(
      int kind, Activation activation, boolean withBias, MemoryDesc result) {
    try (Attributes attributes = new Attributes(activation)) {
      return create(
          "convolution of " + shapes,
          "dnnl_convolution_forward_primitive_desc_create",
          dnn.engine(),
          kind,
          DIRECT,
          factorX.handle(),
          factorW.handle(),
          withBias ? bias.handle() : 0L,
          result.handle(),
          strides,
          dilations,
          padding,
          padding,
          attributes.handle());
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
    for (MemoryDesc desc : List.of(x, y, factorX, factorY, factorW, w, anyW, bias)) {
      desc.close();
    }
  }
}
