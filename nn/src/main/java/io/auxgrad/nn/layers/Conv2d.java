package io.auxgrad.nn.layers;

import io.auxgrad.autograd.ConvolutionGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Parameter;
import io.auxgrad.nn.init.Fan;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;

/**
 * 2-d convolution {@code [N,H,W,in] -> [N,OH,OW,out]} with parameters {@code weight
 * [out,KH,KW,in/groups]} and {@code bias [out]}.
 *
 * <pre>{@code
 * Conv2d.builder(context, 32, 64, 3).stride(2).padding(1).bias(false).build();
 * Conv2d.builder(context, 64, 64, 3).padding(1).groups(64).build(); // depthwise
 * }</pre>
 */
public final class Conv2d extends Layer {
  private final Conv2dSpec spec;
  private final Activation activation;
  private final DType typeOrNull;
  private final Parameter weight;
  private final Parameter bias;

  Conv2d(
      Conv2dSpec spec, Activation activation, DType typeOrNull, Tensor weight, Tensor biasOrNull) {
    this.spec = spec;
    this.activation = activation;
    this.typeOrNull = typeOrNull;
    this.weight = parameter("weight", weight);
    this.bias = biasOrNull == null ? null : parameter("bias", biasOrNull);
  }

  /** A square convolution of stride 1, without padding, with bias, initialised as PyTorch does. */
  public static Builder builder(Context context, int in, int out, int kernel) {
    return new Builder(context, in, out, kernel);
  }

  @Override
  public Variable forward(Variable x) {
    return forward(x, null, activation);
  }

  /**
   * {@code activation(conv(x) + residual)}, in place of this layer's own activation.
   *
   * @param residualOrNull of the shape and type of the result
   */
  public Variable forward(Variable x, Variable residualOrNull, Activation activation) {
    Variable biasOrNull = bias == null ? null : bias.variable();
    DType type = typeOrNull == null ? x.value().dtype() : typeOrNull;
    return ConvolutionGradients.conv2d(
        x, weight.variable(), biasOrNull, spec.with(math()), residualOrNull, activation, type);
  }

  /** How the kernel slides. */
  public Conv2dSpec spec() {
    return spec;
  }

  /** The weight, {@code [out,KH,KW,in/groups]}. */
  public Parameter weight() {
    return weight;
  }

  /** The bias {@code [out]}, or null. */
  public Parameter biasOrNull() {
    return bias;
  }

  /** What is applied to the result. */
  public Activation activation() {
    return activation;
  }

  /** The element type of the result; null if it is that of the input. */
  public DType outputTypeOrNull() {
    return typeOrNull;
  }

  /** Options of a convolution. */
  public static final class Builder {
    private static final int SAME = -1;

    private final Context context;
    private final int in;
    private final int out;
    private final int kernel;
    private int stride = 1;
    private int padding;
    private int dilation = 1;
    private int groups = 1;
    private boolean bias = true;
    private Activation activation = Activation.IDENTITY;
    private DType typeOrNull;
    private Initializer init = Initializer.torchDefault();
    private Initializer biasInit;

    private Builder(Context context, int in, int out, int kernel) {
      this.context = context;
      this.in = in;
      this.out = out;
      this.kernel = kernel;
    }

    /** Step along H and W. */
    public Builder stride(int stride) {
      this.stride = stride;
      return this;
    }

    /** Zeros on every side. */
    public Builder padding(int padding) {
      if (padding < 0) {
        throw new IllegalArgumentException("Conv2d: padding " + padding + " must not be negative");
      }
      this.padding = padding;
      return this;
    }

    /** Padding that keeps H and W at stride 1: for an odd kernel, half of its dilated extent. */
    public Builder samePadding() {
      padding = SAME;
      return this;
    }

    /** Distance of the taps. */
    public Builder dilation(int dilation) {
      this.dilation = dilation;
      return this;
    }

    /** Channel groups; as many as input channels for a depthwise convolution. */
    public Builder groups(int groups) {
      this.groups = groups;
      return this;
    }

    /** Whether a bias is added. */
    public Builder bias(boolean bias) {
      this.bias = bias;
      return this;
    }

    /** An activation of the result, fused into the convolution where nothing is recorded. */
    public Builder activation(Activation activation) {
      this.activation = activation;
      return this;
    }

    /**
     * The element type of the result: float32, or that of every input. Unless given, that of the
     * input; a layer whose results are losses' inputs gives float32 in a bfloat16 network too.
     */
    public Builder outputType(DType type) {
      typeOrNull = type;
      return this;
    }

    /** Initial weights. */
    public Builder init(Initializer init) {
      this.init = init;
      return this;
    }

    /** Initial bias; unless given, uniform in {@code +-1/sqrt(fan_in)}. */
    public Builder biasInit(Initializer biasInit) {
      this.biasInit = biasInit;
      return this;
    }

    /** Draws the weights and makes the layer. */
    public Conv2d build() {
      if (in < 1 || out < 1 || kernel < 1 || groups < 1 || in % groups != 0 || out % groups != 0) {
        throw new IllegalArgumentException(
            "Conv2d: kernel %d must be positive, and groups %d divide %d input and %d output channels"
                .formatted(kernel, groups, in, out));
      }
      int pad = padding == SAME ? dilation * (kernel - 1) / 2 : padding;
      Shape shape = Shape.of(out, kernel, kernel, in / groups);
      Tensor weight = init.create(context.memory(), shape, context.random());
      Tensor biasOrNull =
          bias ? biasInit(shape).create(context.memory(), Shape.of(out), context.random()) : null;
      return new Conv2d(
          Conv2dSpec.of(stride, pad, dilation, groups), activation, typeOrNull, weight, biasOrNull);
    }

    private Initializer biasInit(Shape weight) {
      return biasInit != null ? biasInit : Initializer.uniform(1 / Math.sqrt(Fan.of(weight).in()));
    }
  }
}
