package io.auxgrad.kernels.cuda;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps.WeightGradients;
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.NormalizationOps.Gradients;
import io.auxgrad.tensor.ops.NormalizationOps.Trained;
import io.auxgrad.tensor.ops.OptimizerOps.Sgd;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network of a few layers with its gradients written out, which learns one batch by heart. It is
 * made in the caller's {@link TensorScope} and lives as long.
 */
public final class SmallNetwork {
  private static final int IMAGES = 4;
  private static final int HEIGHT = 12;
  private static final int WIDTH = 16;
  private static final int CHANNELS = 8;
  private static final int CLASSES = 5;
  private static final int IGNORE = -1;
  private static final Shape CHANNEL = Shape.of(CHANNELS);
  private static final Sgd SGD = new Sgd(0.05f, 0.9f, 0, false, 1e-4f);

  private final Backend ops;
  private final Philox random = new Philox(20260101, 0);
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Layer> layers;
  private final Tensor images;
  private final Tensor labels;
  private final Tensor loss;
  private final Tensor numbers;
  private boolean first = true;

  /** On {@code backend}; the same numbers each time. */
  public SmallNetwork(Backend backend) {
    ops = backend;
    layers = List.of(new Depthwise(), new BatchNorm(), new Shift(), new Relu6(), new Mixing());
    parameters.addAll(layers.stream().flatMap(l -> l.parameters().stream()).toList());
    images = uniform(Shape.of(IMAGES, HEIGHT, WIDTH, CHANNELS), 1);
    Shape pixels = Shape.of(IMAGES, 2 * HEIGHT, 2 * WIDTH);
    int[] classes = new int[(int) pixels.size()];
    Arrays.setAll(classes, _ -> random.nextInt(CLASSES + 1) - 1);
    labels = Tensor.ofInts(ops.memory(), pixels, classes);
    numbers = SGD.on(ops.memory());
    loss = Tensor.zeros(ops.memory(), DType.FLOAT32, Shape.scalar());
  }

  /** Forward, loss, backward and a step of SGD. */
  public void step() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = images;
      for (Layer layer : layers) {
        x = layer.forward(x);
      }
      LossOps.Result result = ops.loss().upsampledCrossEntropy(x, labels, IGNORE, null, true);
      Tensor dy = result.gradient();
      for (Layer layer : layers.reversed()) {
        dy = layer.backward(dy);
      }
      ops.pointwise().copy(result.loss(), loss);
      ops.optimizer()
          .sgd(
              parameters.stream().map(p -> p.value).toList(),
              parameters.stream().map(p -> p.gradient).toList(),
              parameters.stream().map(p -> p.velocity).toList(),
              first,
              numbers,
              null);
      first = false;
    }
  }

  /** The loss before the last step's update. */
  public float loss() {
    return loss.item();
  }

  /** The values of all parameters, one array for each. */
  public List<float[]> values() {
    return parameters.stream().map(p -> p.value.toFloats()).toList();
  }

  private Tensor uniform(Shape shape, float bound) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-bound, bound);
    }
    return Tensor.of(ops.memory(), shape, values);
  }

  private final class Parameter {
    final Tensor value;
    final Tensor velocity;
    Tensor gradient;

    Parameter(Shape shape) {
      value = uniform(shape, 0.3f);
      velocity = Tensor.zeros(ops.memory(), DType.FLOAT32, shape);
    }
  }

  /** Keeps from the forward pass what the backward pass needs, which sets the gradients. */
  private interface Layer {
    Tensor forward(Tensor x);

    Tensor backward(Tensor dy);

    List<Parameter> parameters();
  }

  private abstract class Convolution implements Layer {
    private final Parameter weight;
    private final Parameter bias;
    private final Conv2dSpec spec;
    private Tensor input;

    Convolution(Shape weight, Conv2dSpec spec) {
      this.weight = new Parameter(weight);
      this.bias = new Parameter(Shape.of(weight.dim(0)));
      this.spec = spec;
    }

    @Override
    public Tensor forward(Tensor x) {
      input = x;
      return ops.convolution().forward(x, weight.value, bias.value, spec, Activation.IDENTITY);
    }

    @Override
    public Tensor backward(Tensor dy) {
      WeightGradients gradients =
          ops.convolution().gradWeight(input, dy, spec, weight.value.shape(), true);
      weight.gradient = gradients.weight();
      bias.gradient = gradients.bias();
      return ops.convolution().gradInput(dy, weight.value, spec, input.shape());
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(weight, bias);
    }
  }

  private final class Depthwise extends Convolution {
    Depthwise() {
      super(Shape.of(CHANNELS, 3, 3, 1), Conv2dSpec.of(1, 1, 1, CHANNELS));
    }
  }

  private final class Mixing extends Convolution {
    Mixing() {
      super(Shape.of(CLASSES, 1, 1, CHANNELS), Conv2dSpec.of(1, 0));
    }
  }

  private final class BatchNorm implements Layer {
    private static final float EPS = 1e-5f;

    private final Parameter gamma = new Parameter(CHANNEL);
    private final Parameter beta = new Parameter(CHANNEL);
    private final Tensor mean = Tensor.zeros(ops.memory(), DType.FLOAT32, CHANNEL);
    private final Tensor variance = Tensor.zeros(ops.memory(), DType.FLOAT32, CHANNEL);
    private Tensor input;
    private Trained trained;

    @Override
    public Tensor forward(Tensor x) {
      input = x;
      trained =
          ops.normalization()
              .train(
                  x, gamma.value, beta.value, null, mean, variance, 0.1f, EPS, Activation.IDENTITY);
      return trained.y();
    }

    @Override
    public Tensor backward(Tensor dy) {
      Gradients gradients =
          ops.normalization()
              .backward(
                  dy,
                  input,
                  null,
                  gamma.value,
                  beta.value,
                  trained.mean(),
                  trained.invStd(),
                  Activation.IDENTITY,
                  true,
                  false);
      gamma.gradient = gradients.gamma();
      beta.gradient = gradients.beta();
      return gradients.x();
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(gamma, beta);
    }
  }

  private final class Shift implements Layer {
    private final Parameter shift = new Parameter(CHANNEL);

    @Override
    public Tensor forward(Tensor x) {
      return ops.pointwise().binary(BinaryOp.ADD, x, shift.value);
    }

    @Override
    public Tensor backward(Tensor dy) {
      shift.gradient = ops.reduction().sumTo(dy, CHANNEL);
      return dy;
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(shift);
    }
  }

  private final class Relu6 implements Layer {
    private Tensor input;
    private Tensor output;

    @Override
    public Tensor forward(Tensor x) {
      input = x;
      output = ops.pointwise().unary(UnaryOp.RELU6, x);
      return output;
    }

    @Override
    public Tensor backward(Tensor dy) {
      return ops.pointwise().unaryBackward(UnaryOp.RELU6, dy, input, output);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of();
    }
  }
}
