package io.auxgrad.kernels;

import java.io.PrintStream;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Prints each class of tests when it is done, and before it what failed in it or was skipped. */
final class TestPrinter implements TestExecutionListener {
  private final PrintStream out;
  private TestPlan plan;

  TestPrinter(PrintStream out) {
    this.out = out;
  }

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    plan = testPlan;
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    out.printf("skipped  %s: %s%n", path(test), reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    Optional<Throwable> cause = result.getThrowable();
    switch (result.getStatus()) {
      case FAILED -> {
        out.printf("FAILED   %s%n", path(test));
        cause.ifPresent(t -> t.printStackTrace(out));
      }
      case ABORTED ->
          out.printf(
              "skipped  %s: %s%n",
              path(test), cause.map(Throwable::getMessage).orElse("no reason"));
      case SUCCESSFUL -> {
        if (test.getSource().orElse(null) instanceof ClassSource) {
          out.printf("done     %s%n", path(test));
        }
      }
    }
  }

  /** Display names from the class to the test. */
  private String path(TestIdentifier test) {
    return plan.getParent(test)
            .filter(parent -> parent.getParentId().isPresent())
            .map(parent -> path(parent) + " > ")
            .orElse("")
        + test.getDisplayName();
  }
}
