package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.SelfTest;
import io.auxgrad.tensor.ops.SelfTest.Check;
import io.auxgrad.tensor.ops.SelfTest.Outcome;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A check that could not fail would prove nothing. */
class CaseCheckTest {
  private final CaseCheck check = new CaseCheck(Backends.cpu(), 1);

  @Test
  void aRightOpAgreesAndItsErrorIsWithinWhatIsAllowed() {
    Verdict forward = check.forward(exponential(1, 1));
    assertTrue(forward.agrees(), forward.problem());
    assertTrue(forward.error() > 0 && forward.error() <= forward.allowed(), forward.toString());
    assertTrue(check.gradients(exponential(1, 1)).agrees());
  }

  @Test
  void aWrongOutputIsNamed() {
    Verdict verdict = check.forward(exponential(1.0001, 1));
    assertFalse(verdict.agrees());
    assertTrue(verdict.error() > verdict.allowed(), verdict.toString());
    assertTrue(
        verdict.problem().matches("output 0 \\[\\d+] is .*, want .*, allowed error .*"),
        verdict.problem());
  }

  @Test
  void aWrongGradientIsNamed() {
    Verdict verdict = check.gradients(exponential(1, 1.01));
    assertFalse(verdict.agrees());
    assertTrue(verdict.problem().startsWith("gradient of input 0 ["), verdict.problem());
  }

  @Test
  void aWrongShapeIsNamed() {
    OpCase exponential = exponential(1, 1);
    OpCase flat =
        OpCase.of(
            "flat",
            exponential.covers(),
            exponential.inputs(),
            in -> List.of(Array64.of(Shape.of(35))),
            exponential.forward());
    assertEquals("output 0 is FLOAT32 [5,7], want FLOAT32 [35]", check.forward(flat).problem());
  }

  @Test
  void numbersThatAreNoneAndInfiniteOnesAgreeWithThemselvesOnly() {
    for (double got : new double[] {Double.NaN, 1, Double.NEGATIVE_INFINITY}) {
      Comparison comparison = new Comparison();
      comparison.see("y", 0, Double.POSITIVE_INFINITY, got, Double.POSITIVE_INFINITY);
      assertFalse(comparison.verdict().agrees(), "got " + got);
    }
    Comparison comparison = new Comparison();
    comparison.see("y", 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0);
    assertTrue(comparison.verdict().agrees());
    comparison.see("y", 1, 1, Double.NaN, 1);
    assertEquals(Double.POSITIVE_INFINITY, comparison.verdict().error());
  }

  @Test
  void theWorstElementIsTheOneWithTheMostErrorForWhatItIsAllowed() {
    Comparison comparison = new Comparison();
    comparison.see("y", 0, 100, 101, 10);
    comparison.see("y", 1, 1, 1.5, 0.6);
    comparison.see("y", 2, 7, 7, 0);
    assertEquals(new Verdict(0.5, 0.6, ""), comparison.verdict());
  }

  @Test
  void theSelfTestIsFoundAndItsChecksRunOneByOne() {
    SelfTest selfTest = ServiceLoader.load(SelfTest.class).findFirst().orElseThrow();
    List<Check> checks = selfTest.run(Backends.cpu()).limit(3).toList();
    assertEquals(3, checks.size());
    for (Check c : checks) {
      assertEquals(Outcome.PASSED, c.outcome(), c.toString());
      assertEquals("convolution", c.family());
      assertTrue(c.seconds() > 0);
    }
  }

  @Test
  void everyCaseIsOfOneFamily() {
    for (OpCase c : Cases.all()) {
      assertTrue(c.covers().stream().allMatch(op -> op.startsWith(c.family() + ".")), c.name());
    }
  }

  /**
   * {@code exp}, held against {@code factor * exp}, with a gradient {@code slope} times its own.
   */
  private static OpCase exponential(double factor, double slope) {
    return OpCase.of(
            "exp",
            Set.of("pointwise.unary"),
            List.of(Input.uniform(5, 7)),
            in -> {
              Array64 x = in.getFirst();
              return List.of(Array64.of(x.shape(), i -> factor * Math.exp(x.data()[i])));
            },
            (backend, in) -> List.of(backend.pointwise().unary(UnaryOp.EXP, in.getFirst())))
        .differentiable((backend, in, out, dy) -> {
          PointwiseOps ops = backend.pointwise();
          Tensor dx = ops.unaryBackward(UnaryOp.EXP, dy, in.getFirst(), out.getFirst());
          return List.of(ops.affine(dx, (float) slope, 0));
        });
  }
}
