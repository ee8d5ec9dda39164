package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Holds a backend's ops against their cases: outputs against the float64 reference, gradients
 * against finite differences of it. Leaves no tensor behind.
 */
public final class CaseCheck {
  private static final double EPS = 0x1p-23;
  private static final double EPS64 = 0x1p-52;
  private static final double BFLOAT16_EPS = 0x1p-8;
  private static final double STEP = 1e-5;
  private static final int PROBES = 24;

  private final Backend backend;
  private final long seed;

  /** Checks {@code backend} on inputs drawn from {@code seed}. */
  public CaseCheck(Backend backend, long seed) {
    this.backend = backend;
    this.seed = seed;
  }

  /** Compares every element of every output with the reference. */
  public Verdict forward(OpCase c) {
    try (var _ = TensorScope.open()) {
      List<Array64> host = draw(c);
      List<Array64> want = c.oracle().apply(host);
      List<Tensor> got = c.forward().apply(backend, upload(host));
      Comparison comparison = new Comparison();
      for (int i = 0; i < want.size(); i++) {
        compare(comparison, "output " + i, want.get(i), Array64.download(got.get(i)), c.length());
      }
      return comparison.verdict();
    }
  }

  /**
   * Compares elements of every gradient with finite differences: all of a small one, some of a
   * large one. Agrees with error 0 if the case has no gradient.
   */
  public Verdict gradients(OpCase c) {
    Comparison comparison = new Comparison();
    if (c.gradient() == null) {
      return comparison.verdict();
    }
    try (var _ = TensorScope.open()) {
      List<Array64> host = draw(c);
      List<Tensor> device = upload(host);
      List<Tensor> outputs = c.forward().apply(backend, device);
      Philox random = new Philox(seed, 1);
      Array64 dy = gradientFor(outputs.getFirst(), random);
      List<Tensor> gradients = gradients(c, device, outputs, dy);
      for (int k = 0; k < gradients.size(); k++) {
        if (gradients.get(k) != null && c.inputs().get(k).differentiable()) {
          probe(comparison, c, host, k, dy, Array64.download(gradients.get(k)), random);
        }
      }
      return comparison.verdict();
    }
  }

  /** The outputs and, if there are, the gradients, with nothing to compare them with. */
  List<Array64> results(OpCase c) {
    try (var _ = TensorScope.open()) {
      List<Tensor> device = upload(draw(c));
      List<Tensor> results = new ArrayList<>(c.forward().apply(backend, device));
      if (c.gradient() != null) {
        Array64 dy = gradientFor(results.getFirst(), new Philox(seed, 1));
        List<Tensor> gradients = gradients(c, device, List.copyOf(results), dy);
        gradients.stream().filter(Objects::nonNull).forEach(results::add);
      }
      return results.stream().map(Array64::download).toList();
    }
  }

  private List<Tensor> gradients(OpCase c, List<Tensor> inputs, List<Tensor> outputs, Array64 dy) {
    return c.gradient().apply(backend, inputs, outputs, dy.upload(backend.memory()));
  }

  private List<Array64> draw(OpCase c) {
    Philox random = new Philox(seed, c.toString().hashCode());
    return c.inputs().stream().map(i -> i.draw(random)).toList();
  }

  private List<Tensor> upload(List<Array64> host) {
    return host.stream().map(a -> a.upload(backend.memory())).toList();
  }

  private static void compare(
      Comparison comparison, String what, Array64 want, Array64 got, long length) {
    if (!comparison.sameKind(what, want, got)) {
      return;
    }
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
      comparison.see(what, i, w, got.data()[i], allowed);
    }
  }

  /** What rounding once may change {@code x} by. */
  private static double halfUnitOfBfloat16(double x) {
    return Math.scalb(1.0, Math.getExponent(x) - 8);
  }

  private static Array64 gradientFor(Tensor y, Philox random) {
    Array64 dy = Array64.of(y.shape(), i -> random.uniform(-1, 1));
    return y.dtype() == DType.BFLOAT16 ? dy.roundedToBfloat16().as(DType.BFLOAT16) : dy;
  }

  private static void probe(
      Comparison comparison,
      OpCase c,
      List<Array64> host,
      int k,
      Array64 dy,
      Array64 got,
      Philox random) {
    String what = "gradient of input " + k;
    if (!comparison.sameKind(what, host.get(k), got)) {
      return;
    }
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
      comparison.see(what, at, want, got.data()[at], allowed);
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
}
