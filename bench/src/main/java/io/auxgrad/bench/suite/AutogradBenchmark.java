package io.auxgrad.bench.suite;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What an op costs beside its arithmetic: a chain of multiplications of a single number. The
 * differences between the three say what recording and walking back cost.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AutogradBenchmark {
  private static final int OPS = 100;

  private Variable x;

  /** Makes the number. */
  @Setup
  public void open() {
    x = Variable.parameter(Tensor.of(Backends.cpu().memory(), Shape.of(1), 1));
  }

  /** The ops alone: checks, memory, kernel. */
  @Benchmark
  @OperationsPerInvocation(OPS)
  public float compute() {
    try (var _ = TensorScope.open()) {
      return chain().value().item();
    }
  }

  /** Recorded on a tape that is then dropped. */
  @Benchmark
  @OperationsPerInvocation(OPS)
  public float record() {
    try (var _ = Tape.open()) {
      return chain().value().item();
    }
  }

  /** Recorded and walked back. */
  @Benchmark
  @OperationsPerInvocation(OPS)
  public float recordAndWalkBack() {
    float gradient;
    try (Tape tape = Tape.open()) {
      tape.backward(chain());
      gradient = x.gradient().item();
    }
    x.zeroGradient();
    return gradient;
  }

  private Variable chain() {
    Variable y = x;
    for (int i = 0; i < OPS; i++) {
      y = y.times(1.0001f);
    }
    return y;
  }

  /** Frees the number. */
  @TearDown
  public void close() {
    x.value().close();
  }
}
