package io.auxgrad.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds every op's gradient rule against central differences of a float64 reference. */
class GradientCasesTest {
  private static final long SEED = Long.getLong("auxgrad.test.seed", 20260301);
  private static final DeviceMemory MEMORY = Backends.cpu().memory();
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 2e-5;

  // Four roundings to 8 bits, as many as a rule of several steps has, of each term of a sum. Each
  // op alone is held to one rounding elsewhere.
  private static final double BFLOAT16_TOLERANCE = 0x1p-7;

  private static int liveBefore;

  @BeforeAll
  static void countTensors() {
    liveBefore = TensorScope.liveTensors();
  }

  @AfterAll
  static void nothingLeaks() {
    assertEquals(liveBefore, TensorScope.liveTensors(), TensorScope::report);
  }

  private static List<GradientCase> cases() {
    Philox random = new Philox(SEED, 0);
    return Stream.of(
            ConvolutionGradientCases.all(random),
            MatmulGradientCases.all(random),
            NormalizationGradientCases.all(random),
            SpatialGradientCases.all(random),
            PointwiseGradientCases.all(random),
            ReductionGradientCases.all(random),
            IndexingGradientCases.all(random),
            LossGradientCases.all(random),
            UpsampledLossGradientCases.all(random))
        .flatMap(family -> family)
        .toList();
  }

  @Test
  void everyOpHasACase() throws IOException, URISyntaxException {
    Set<String> missing = new TreeSet<>();
    Path classes =
        Path.of(Variable.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files =
        Files.list(
            classes.resolve(Variable.class.getPackageName().replace('.', File.separatorChar)))) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Gradients.class"))
          .map(name -> name.replace(".class", ""))
          .forEach(family -> ops(family).forEach(op -> missing.add(family + "." + op.getName())));
    }
    assertTrue(missing.size() > 20, "the families were not found: " + missing);
    cases().forEach(c -> missing.remove(c.method()));
    assertEquals(Set.of(), missing);
  }

  @TestFactory
  Stream<DynamicTest> resultsAgreeWithTheReference() {
    return each(c -> {
      Doubles want = c.reference().apply(c.inputs());
      try (TensorScope scope = TensorScope.open()) {
        Tensor got = c.op().apply(parameters(c)).value();
        assertEquals(want.shape(), got.shape());
        assertClose(c, "result", want, want.scale(), floats(got));
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> gradientsAgreeWithFiniteDifferences() {
    return each(c -> {
      float[][] got = gradients(c, c.op(), false);
      for (int k = 0; k < got.length; k++) {
        Slopes slopes = slopes(c, k);
        double scale = c.narrow().isEmpty() ? slopes.gradient().scale() : slopes.scale();
        assertClose(c, "gradient of input " + k, slopes.gradient(), scale, got[k]);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> eachInputAloneGetsTheSameGradient() {
    return each(c -> {
      float[][] together = gradients(c, c.op(), false);
      for (int k = 0; k < together.length; k++) {
        Doubles want = Doubles.of(c.inputs().get(k).shape(), index(together[k]));
        assertClose(
            c, "gradient of input " + k + " alone", want, want.scale(), gradientAlone(c, k));
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> aSecondWalkAddsTheSameAgain() {
    return each(
        c -> assertIdentical(twice(gradients(c, c.op(), false)), gradients(c, c.op(), true)));
  }

  @TestFactory
  Stream<DynamicTest> usesOfAResultAddUp() {
    return each(c ->
        assertIdentical(
            twice(gradients(c, c.op(), false)),
            gradients(
                c,
                v -> {
                  Variable y = c.op().apply(v);
                  return y.plus(y);
                },
                false)));
  }

  @TestFactory
  Stream<DynamicTest> checkpointingChangesNoBit() {
    return each(c ->
        assertIdentical(
            gradients(c, c.op(), false),
            gradients(
                c,
                v ->
                    Checkpoint.of(
                        x -> {
                          List<Variable> inputs = new ArrayList<>(v);
                          inputs.set(0, x);
                          return c.op().apply(inputs);
                        },
                        v.getFirst()),
                false)));
  }

  @TestFactory
  Stream<DynamicTest> gradientsOnRequestAreThoseOfBackward() {
    return each(c -> {
      float[][] want = gradients(c, c.op(), false);
      try (TensorScope scope = TensorScope.open();
          Tape tape = Tape.open()) {
        List<Variable> inputs = parameters(c);
        var got = tape.gradients(weightedSum(c.op().apply(inputs)), inputs);
        for (int k = 0; k < want.length; k++) {
          assertArrayEquals(want[k], floats(got.get(inputs.get(k))));
          assertNull(inputs.get(k).gradient());
        }
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> nothingIsRecordedWithoutATapeOrInNoGrad() {
    return each(c -> {
      try (TensorScope scope = TensorScope.open();
          Tape tape = Tape.open();
          NoGrad off = Tape.noGrad()) {
        List<Variable> inputs = parameters(c);
        Variable y = c.op().apply(inputs);
        assertFalse(y != inputs.getFirst() && y.requiresGradient());
        assertTrue(tape.leaves().isEmpty());
      }
    });
  }

  private static Stream<DynamicTest> each(Consumer<GradientCase> body) {
    return cases().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> body.accept(c)));
  }

  private static Stream<Method> ops(String family) {
    try {
      return Arrays.stream(
              Class.forName(Variable.class.getPackageName() + "." + family).getDeclaredMethods())
          .filter(m -> Modifier.isPublic(m.getModifiers()) && Modifier.isStatic(m.getModifiers()));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Variable> parameters(GradientCase c) {
    List<Variable> parameters = new ArrayList<>();
    for (int k = 0; k < c.inputs().size(); k++) {
      parameters.add(Variable.parameter(upload(c, k)));
    }
    return parameters;
  }

  private static Tensor upload(GradientCase c, int k) {
    return Backends.cpu().pointwise().cast(c.inputs().get(k).upload(MEMORY), c.dtype(k));
  }

  /** The elements of {@code t}, which is of either type. */
  private static float[] floats(Tensor t) {
    try (Tensor wide = Backends.cpu().pointwise().cast(t, DType.FLOAT32)) {
      return wide.toFloats();
    }
  }

  private static float[][] gradients(
      GradientCase c, Function<List<Variable>, Variable> op, boolean twice) {
    try (TensorScope scope = TensorScope.open()) {
      List<Variable> inputs = parameters(c);
      try (Tape tape = Tape.open()) {
        Variable loss = weightedSum(op.apply(inputs));
        if (twice) {
          tape.backward(loss, true);
        }
        tape.backward(loss);
      }
      float[][] gradients = inputs.stream().map(v -> floats(v.gradient())).toArray(float[][]::new);
      inputs.forEach(v -> assertEquals(v.dtype(), v.gradient().dtype()));
      inputs.forEach(Variable::zeroGradient);
      return gradients;
    }
  }

  private static float[] gradientAlone(GradientCase c, int k) {
    try (TensorScope scope = TensorScope.open();
        Tape tape = Tape.open()) {
      List<Variable> inputs = new ArrayList<>();
      for (int i = 0; i < c.inputs().size(); i++) {
        Tensor value = upload(c, i);
        inputs.add(inputs.size() == k ? Variable.parameter(value) : Variable.constant(value));
      }
      tape.backward(weightedSum(c.op().apply(inputs)));
      assertTrue(inputs.stream().allMatch(v -> v == inputs.get(k) || v.gradient() == null));
      float[] gradient = floats(inputs.get(k).gradient());
      inputs.get(k).zeroGradient();
      return gradient;
    }
  }

  private static Variable weightedSum(Variable y) {
    Tensor weights = weights(y.shape().size()).upload(MEMORY);
    Variable wide = PointwiseGradients.cast(y, DType.FLOAT32);
    return wide.times(Variable.constant(weights).reshape(y.shape())).sum();
  }

  private static Doubles weights(long count) {
    return Doubles.uniform(new Philox(SEED, 1), -1, 1, Math.toIntExact(count)).roundedToBfloat16();
  }

  /**
   * The gradient of an input by central differences.
   *
   * @param scale the largest sum of magnitudes over the terms of one element's gradient, one from
   *     each element of the result: what rounding is relative to, since the terms may cancel
   */
  private record Slopes(Doubles gradient, double scale) {}

  private static Slopes slopes(GradientCase c, int k) {
    Doubles gradient = Doubles.of(c.inputs().get(k).shape(), _ -> 0);
    double scale = 0;
    for (int element = 0; element < gradient.data().length; element++) {
      double[] above = moved(c, k, element, STEP);
      double[] below = moved(c, k, element, -STEP);
      double magnitude = 0;
      for (int i = 0; i < above.length; i++) {
        double term = (above[i] - below[i]) / (2 * STEP);
        gradient.data()[element] += term;
        magnitude += Math.abs(term);
      }
      scale = Math.max(scale, magnitude);
    }
    return new Slopes(gradient, scale);
  }

  /** The weighted elements of the result with one element of input {@code k} moved. */
  private static double[] moved(GradientCase c, int k, int element, double step) {
    List<Doubles> inputs = new ArrayList<>(c.inputs());
    inputs.set(k, inputs.get(k).with(element, inputs.get(k).data()[element] + step));
    double[] y = c.reference().apply(inputs).data().clone();
    double[] weights = weights(y.length).data();
    Arrays.setAll(y, i -> weights[i] * y[i]);
    return y;
  }

  private static IntToDoubleFunction index(float[] values) {
    return i -> values[i];
  }

  private static float[][] twice(float[][] gradients) {
    for (float[] gradient : gradients) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= 2;
      }
    }
    return gradients;
  }

  private static void assertIdentical(float[][] want, float[][] got) {
    for (int k = 0; k < want.length; k++) {
      assertArrayEquals(want[k], got[k], "gradient of input " + k);
    }
  }

  private static void assertClose(
      GradientCase c, String what, Doubles want, double scale, float[] got) {
    assertEquals(want.data().length, got.length, what);
    double tolerance = c.narrow().isEmpty() ? TOLERANCE : BFLOAT16_TOLERANCE;
    double allowed = tolerance * (1 + scale);
    for (int i = 0; i < got.length; i++) {
      assertEquals(want.data()[i], got[i], allowed, what + " [" + i + "], seed " + SEED);
    }
  }
}
