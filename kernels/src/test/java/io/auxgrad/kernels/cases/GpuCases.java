package io.auxgrad.kernels.cases;

import io.auxgrad.kernels.FirstGpu;
import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.driver.CudaGpu;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs the ops of the cases on the first GPU, for tools that watch a process. */
public final class GpuCases {
  private static final long SEED = 20260101;

  private GpuCases() {}

  /** Those that have one of the arguments in family or name; prints how many ran. */
  public static void main(String[] parts) {
    List<OpCase> cases = named(parts);
    try (CudaGpu gpu = FirstGpu.open()) {
      CaseCheck check = new CaseCheck(new CudaBackend(gpu), SEED);
      System.out.println(run(check, cases, System.out) + " cases ran");
    }
  }

  /** All, without parts; at least one. */
  static List<OpCase> named(String... parts) {
    List<OpCase> cases =
        Cases.all().stream()
            .filter(c -> parts.length == 0 || Stream.of(parts).anyMatch(label(c)::contains))
            .toList();
    if (cases.isEmpty()) {
      throw new IllegalArgumentException("no case has " + String.join(" or ", parts));
    }
    return cases;
  }

  /** Tries all, and fails at the end where one is wrong; returns how many there were. */
  static int run(CaseCheck check, List<OpCase> cases, PrintStream out) {
    List<String> failed = new ArrayList<>();
    for (OpCase c : cases) {
      out.println(label(c)); // before it runs, so that what a tool finds stands below
      String problem = problem(check, c);
      if (!problem.isEmpty()) {
        out.println("FAILED   " + problem);
        failed.add(label(c));
      }
    }
    if (!failed.isEmpty()) {
      throw new AssertionError(
          "%d of %d cases failed:%n%s"
              .formatted(failed.size(), cases.size(), String.join("\n", failed)));
    }
    return cases.size();
  }

  private static String label(OpCase c) {
    return c.family() + ": " + c;
  }

  /** Empty where there is none. */
  private static String problem(CaseCheck check, OpCase c) {
    try {
      return check.forward(c).problem() + check.gradients(c).problem();
    } catch (RuntimeException | Error e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      return trace.toString();
    }
  }
}
