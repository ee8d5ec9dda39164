package io.auxgrad.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.UnaryOp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A small network against PyTorch: see {@code src/test/python/composite.py}, which it mirrors. */
class CompositeTest {
  private static final DeviceMemory MEMORY = Backends.cpu().memory();

  private final Map<String, Doubles> golden = read("/golden/composite.txt");
  private final Map<String, Variable> leaves = new HashMap<>();
  private Tensor mean1;
  private Tensor var2;

  @Test
  void agreesWithPyTorch() {
    compareWithPyTorch(segment -> segment);
  }

  @Test
  void agreesWithPyTorchWhenCheckpointed() {
    compareWithPyTorch(segment -> x -> Checkpoint.of(segment, x));
  }

  private void compareWithPyTorch(
      Function<Function<Variable, Variable>, Function<Variable, Variable>> wrap) {
    int before = TensorScope.liveTensors();
    try (TensorScope scope = TensorScope.open()) {
      mean1 = statistics(0);
      var2 = statistics(1);
      try (Tape tape = Tape.open()) {
        Variable features = wrap.apply(this::features).apply(leaf("x")).keep();
        Variable loss = loss(features);
        loss.backward();
        compare("result.features", features.value());
        compare("result.loss", loss.value());
      }
      compare("result.mean1", mean1);
      compare("result.var2", var2);
      leaves.forEach((name, leaf) -> compare("gradient." + name, leaf.gradient()));
      leaves
          .values()
          .forEach(leaf -> {
            leaf.zeroGradient();
            leaf.value().close();
          });
    }
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
  }

  private Variable features(Variable x) {
    Variable h = ConvolutionGradients.conv2d(x, leaf("conv1"), null, Conv2dSpec.of(2, 1));
    h =
        NormalizationGradients.batchNorm(
            h,
            leaf("gamma1"),
            leaf("beta1"),
            null,
            mean1,
            statistics(1),
            0.1f,
            1e-5f,
            Activation.RELU,
            true);
    Variable d = ConvolutionGradients.conv2d(h, leaf("depthwise"), null, Conv2dSpec.of(1, 1, 1, 6));
    d =
        NormalizationGradients.batchNorm(
            d,
            leaf("gamma2"),
            leaf("beta2"),
            h,
            statistics(0),
            var2,
            0.1f,
            1e-5f,
            Activation.RELU6,
            true);
    Variable pooled = PoolingGradients.maxPool(d, new Pool2dSpec(3, 2, 1));
    return IndexingGradients.concat(List.of(d, ResizeGradients.bilinear(pooled, 4, 5)), -1);
  }

  private Variable loss(Variable features) {
    Variable logits =
        ConvolutionGradients.conv2d(features, leaf("conv2"), leaf("bias2"), Conv2dSpec.of(1, 0));
    Variable segmentation =
        LossGradients.crossEntropy(
            ResizeGradients.bilinear(logits, 8, 10), ints("labels"), -1, tensor("weights"));
    Variable depth =
        PointwiseGradients.unary(UnaryOp.SOFTPLUS, IndexingGradients.slice(logits, -1, 0, 1));
    Variable regression =
        LossGradients.regression(Penalty.L1, depth, tensor("depth"), mask("mask"));
    Variable pooled = PoolingGradients.globalPool(features).reshape(Shape.of(2, 12));
    Variable cosine =
        LossGradients.cosine(
            MatmulGradients.linear(pooled, leaf("linear"), leaf("bias3")), tensor("normals"), null);
    return segmentation.plus(regression.times(0.5f)).plus(cosine.times(2));
  }

  private Variable leaf(String name) {
    return leaves.computeIfAbsent(name, n -> Variable.parameter(TensorScope.detach(tensor(n))));
  }

  private Tensor tensor(String name) {
    return golden.get(name).upload(MEMORY);
  }

  private Tensor ints(String name) {
    Doubles labels = golden.get(name);
    return Tensor.ofInts(
        MEMORY, labels.shape(), Arrays.stream(labels.data()).mapToInt(v -> (int) v).toArray());
  }

  private Tensor mask(String name) {
    Doubles mask = golden.get(name);
    byte[] bytes = new byte[mask.data().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) mask.data()[i];
    }
    return Tensor.ofBytes(MEMORY, mask.shape(), bytes);
  }

  private static Tensor statistics(double value) {
    return Doubles.of(Shape.of(6), i -> value).upload(MEMORY);
  }

  private void compare(String name, Tensor got) {
    Doubles want = golden.get(name);
    assertEquals(want.shape(), got.shape(), name);
    float[] values = got.toFloats();
    double allowed = 2e-5 * (0.1 + want.scale());
    for (int i = 0; i < values.length; i++) {
      assertEquals(want.data()[i], values[i], allowed, name + " [" + i + "]");
    }
  }

  private static Map<String, Doubles> read(String resource) {
    Map<String, Doubles> tensors = new HashMap<>();
    try (InputStream in = CompositeTest.class.getResourceAsStream(resource)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> {
            String[] parts = line.split(" ");
            int[] dims =
                parts[1].equals("-")
                    ? new int[0]
                    : Arrays.stream(parts[1].split(",")).mapToInt(Integer::parseInt).toArray();
            tensors.put(
                parts[0], Doubles.of(Shape.of(dims), i -> Double.parseDouble(parts[i + 2])));
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tensors;
  }
}
