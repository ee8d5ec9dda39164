package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.DType;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what is known at once: a check that is ended before its last row has no table. */
final class RowLog {
  private final PrintStream out;
  private final List<String> failed = new ArrayList<>();

  RowLog(PrintStream out) {
    this.out = out;
  }

  /** A copy within the memory reads and writes {@code rate} bytes per second. */
  void copies(double rate) {
    out.printf(Locale.ROOT, "a copy: %.0f GB/s%n", rate / 1e9);
  }

  void measured(Measured row) {
    String name = name(row.name(), row.type());
    out.printf(
        Locale.ROOT, "%s: %.1f us, %.0f GB/s%n", name, row.seconds() * 1e6, row.rate() / 1e9);
  }

  void failed(Row row, DType type, Throwable cause) {
    String name = name(row.name(), type);
    failed.add(name);
    out.printf("FAILED   %s: ", name);
    cause.printStackTrace(out);
  }

  boolean allWorked() {
    return failed.isEmpty();
  }

  /** At the end, where it is looked for. */
  void nameFailed() {
    failed.forEach(name -> out.println("FAILED   " + name));
  }

  static String name(String row, DType type) {
    return row + " " + type;
  }
}
