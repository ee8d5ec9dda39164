package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.SelfTest;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All cases, forward and, where there are gradients, backward. */
public final class CaseSelfTest implements SelfTest {
  private static final long SEED = 20260101;

  /** For {@link java.util.ServiceLoader}. */
  public CaseSelfTest() {}

  @Override
  public Stream<Check> run(Backend backend) {
    CaseCheck check = new CaseCheck(backend, SEED);
    return Cases.all().stream().flatMap(c -> checks(check, c));
  }

  private static Stream<Check> checks(CaseCheck check, OpCase c) {
    Stream<Supplier<Check>> forward = Stream.of(() -> timed(c, "forward", check::forward));
    Stream<Supplier<Check>> gradients = Stream.of(() -> timed(c, "gradients", check::gradients));
    return (c.gradient() == null ? forward : Stream.concat(forward, gradients)).map(Supplier::get);
  }

  private static Check timed(OpCase c, String direction, Function<OpCase, Verdict> check) {
    long start = System.nanoTime();
    Outcome outcome;
    Verdict verdict;
    try {
      verdict = check.apply(c);
      outcome = verdict.agrees() ? Outcome.PASSED : Outcome.FAILED;
    } catch (UnsupportedOperationException e) {
      verdict = new Verdict(0, 0, String.valueOf(e.getMessage()));
      outcome = Outcome.UNSUPPORTED;
    } catch (RuntimeException e) {
      verdict = new Verdict(Double.POSITIVE_INFINITY, 0, e.toString());
      outcome = Outcome.FAILED;
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    return new Check(
        c.family(),
        direction + " " + c,
        outcome,
        verdict.error(),
        verdict.allowed(),
        seconds,
        verdict.problem());
  }
}
