package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs every case on every backend that this machine has. */
class OpCaseTest {
  private static final long SEED = Long.getLong("auxgrad.test.seed", 20260101);
  private static final double EPS = 0x1p-23;
  private static final double EPS64 = 0x1p-52;
  private static final double BFLOAT16_EPS = 0x1p-8;
  private static final double STEP = 1e-5;
  private static final int PROBES = 24;
  private static int liveBefore;

  @BeforeAll
  static void countTensors() {
    liveBefore = TensorScope.liveTensors();
  }

  @AfterAll
  static void nothingLeaks() {
    assertEquals(liveBefore, TensorScope.liveTensors(), TensorScope::report);
  }

  @TestFactory
  Stream<DynamicTest> forwardAgreesWithTheReference() {
    return each((backend, c) ->
        withInputs(
            backend,
            c,
            (host, device) -> {
              List<Array64> want = c.oracle().apply(host);
              List<Tensor> got = c.forward().apply(backend, device);
              for (int i = 0; i < want.size(); i++) {
                compare(c + " output " + i, want.get(i), Array64.download(got.get(i)), c.length());
              }
            }));
  }

  @TestFactory
  Stream<DynamicTest> gradientsAgreeWithFiniteDifferences() {
    return each((backend, c) -> {
      if (c.gradient() != null) {
        withInputs(backend, c, (host, device) -> checkGradients(backend, c, host, device));
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> sameBytesOnAnyNumberOfThreads() {
    return each((backend, c) -> {
      // oneDNN's weight gradients sum per thread; everything of our own does not depend on it.
      if (!c.covers().contains("convolution.gradWeight")
          && !c.covers().contains("matmul.multiply")) {
        List<Array64> one = withThreads(backend, 1, c);
        List<Array64> two = withThreads(backend, 2, c);
        for (int i = 0; i < one.size(); i++) {
          assertEquals(
              0,
              java.util.Arrays.compare(one.get(i).data(), two.get(i).data()),
              c + " output " + i);
        }
      }
    });
  }

  @Test
  void everyOpOfTheContractHasACase() {
    Set<String> missing = new TreeSet<>();
    for (Method family : Backend.class.getMethods()) {
      if (family.getReturnType().getSimpleName().endsWith("Ops")) {
        for (Method op : family.getReturnType().getDeclaredMethods()) {
          if (Modifier.isPublic(op.getModifiers()) && !Modifier.isStatic(op.getModifiers())) {
            missing.add(family.getName() + "." + op.getName());
          }
        }
      }
    }
    assertTrue(missing.size() > 30, "the contract was not found: " + missing);
    Set<String> covered = new HashSet<>();
    Cases.all().forEach(c -> covered.addAll(c.covers()));
    missing.removeAll(covered);
    assertEquals(Set.of(), missing);
  }

  private interface Body {
    void run(Backend backend, OpCase c);
  }

  private interface Inputs {
    void run(List<Array64> host, List<Tensor> device);
  }

  private static Stream<DynamicTest> each(Body body) {
    return TestBackends.all().stream()
        .flatMap(target ->
            Cases.all().stream()
                .filter(target::supports)
                .map(c ->
                    DynamicTest.dynamicTest(
                        target.name() + " " + c, () -> body.run(target.backend(), c))));
  }

  private static void withInputs(Backend backend, OpCase c, Inputs body) {
    Philox random = new Philox(SEED, c.toString().hashCode());
    try (var _ = TensorScope.open()) {
      List<Array64> host = c.inputs().stream().map(i -> i.draw(random)).toList();
      List<Tensor> device = host.stream().map(a -> a.upload(backend.memory())).toList();
      body.run(host, device);
    }
  }

  private static List<Array64> withThreads(Backend backend, int threads, OpCase c) {
    int before = backend.threads();
    List<Array64> results = new ArrayList<>();
    try {
      backend.setThreads(threads);
      withInputs(
          backend,
          c,
          (host, device) ->
              c.forward().apply(backend, device).forEach(t -> results.add(Array64.download(t))));
    } finally {
      backend.setThreads(before);
    }
    return results;
  }

  private static void checkGradients(
      Backend backend, OpCase c, List<Array64> host, List<Tensor> device) {
    List<Tensor> outputs = c.forward().apply(backend, device);
    Philox random = new Philox(SEED, 1);
    Array64 dy = gradientFor(outputs.getFirst(), random);
    List<Tensor> gradients =
        c.gradient().apply(backend, device, outputs, dy.upload(backend.memory()));
    for (int k = 0; k < gradients.size(); k++) {
      if (gradients.get(k) != null && c.inputs().get(k).differentiable()) {
        probe(c, host, k, dy, Array64.download(gradients.get(k)), random);
      }
    }
  }

  private static Array64 gradientFor(Tensor y, Philox random) {
    Array64 dy = Array64.of(y.shape(), i -> random.uniform(-1, 1));
    return y.dtype() == DType.BFLOAT16 ? dy.roundedToBfloat16().as(DType.BFLOAT16) : dy;
  }

  private static void probe(
      OpCase c, List<Array64> host, int k, Array64 dy, Array64 got, Philox random) {
    assertEquals(host.get(k).shape(), got.shape(), c + " gradient " + k);
    assertEquals(host.get(k).dtype(), got.dtype(), c + " gradient " + k);
    // Some are computed from the output, which has been rounded.
    double rounding = got.dtype() == DType.BFLOAT16 ? BFLOAT16_EPS : 0;
    int n = got.data().length;
    double scale = 0;
    for (double v : got.data()) {
      scale = Math.max(scale, Math.abs(v));
    }
    for (int p = 0; p < Math.min(n, PROBES); p++) {
      int at = n <= PROBES ? p : random.nextInt(n);
      double want =
          (along(c, host, k, at, STEP, dy) - along(c, host, k, at, -STEP, dy)) / (2 * STEP);
      double allowed =
          EPS * (8 + 2 * Math.sqrt(c.length())) * (scale + Math.abs(want))
              + 2e-6 * (1 + scale)
              + rounding * (2 * scale + Math.abs(want));
      double error = Math.abs(got.data()[at] - want);
      if (!(error <= allowed)) {
        fail(
            "%s: gradient %d [%d] is %.9g, finite differences say %.9g, allowed error %.3g, seed %d"
                .formatted(c, k, at, got.data()[at], want, allowed, SEED));
      }
    }
  }

  /** {@code sum(dy * oracle)} with element {@code at} of input {@code k} moved by {@code step}. */
  private static double along(
      OpCase c, List<Array64> host, int k, int at, double step, Array64 dy) {
    List<Array64> moved = new ArrayList<>(host);
    Array64 input = host.get(k).copy();
    input.data()[at] += step;
    moved.set(k, input);
    double[] y = c.oracle().apply(moved).getFirst().data();
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += y[i] * dy.data()[i];
    }
    return sum;
  }

  private static void compare(String what, Array64 want, Array64 got, long length) {
    assertEquals(want.shape(), got.shape(), what);
    assertEquals(want.dtype(), got.dtype(), what);
    boolean narrow = want.dtype() == DType.BFLOAT16;
    double eps =
        switch (want.dtype()) {
          case FLOAT32, BFLOAT16 -> EPS;
          case FLOAT64 -> EPS64;
          case INT32, UINT8 -> 0;
        };
    double scale = 0;
    for (double v : want.data()) {
      scale = Math.max(scale, Double.isFinite(v) ? Math.abs(v) : 0);
    }
    for (int i = 0; i < want.data().length; i++) {
      double w = want.data()[i];
      double allowed = eps * ((4 + Math.sqrt(length)) * scale + 4 * Math.abs(w));
      allowed += narrow ? halfUnitOfBfloat16(w) : 0;
      double error = Math.abs(got.data()[i] - w);
      if (!(error <= allowed) && got.data()[i] != w) {
        fail(
            "%s [%d] is %.9g, want %.9g, allowed error %.3g, seed %d"
                .formatted(what, i, got.data()[i], w, allowed, SEED));
      }
    }
  }

  /** What rounding once may change {@code x} by. */
  private static double halfUnitOfBfloat16(double x) {
    return Math.scalb(1.0, Math.getExponent(x) - 8);
  }
}
