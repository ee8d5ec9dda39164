package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.kernels.cuda.driver.CudaGpu;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Prints the table of a GPU.
 *
 * @param least the share of a copy's rate that each row must reach, if there is one
 * @param json where to write the table as JSON, if anywhere
 */
public record BandwidthCheck(OptionalDouble least, Optional<Path> json) {
  /** Measures, and returns whether each row works and reaches what it must. */
  public boolean run(CudaGpu gpu, PrintStream out) throws IOException {
    return run(gpu, Effort.FULL, Rows.all(), out);
  }

  boolean run(CudaGpu gpu, Effort effort, List<Row> rows, PrintStream out) throws IOException {
    RowLog log = new RowLog(out);
    BandwidthTable table = new Bandwidth(gpu, effort).measure(rows, log);
    out.printf("%n%s%n%n", table.toMarkdown());
    if (json.isPresent()) {
      Files.writeString(json.get(), table.toJson());
    }
    boolean fast = least.isEmpty() || reaches(least.getAsDouble(), table, out);
    log.nameFailed();
    return log.allWorked() && fast;
  }

  private static boolean reaches(double least, BandwidthTable table, PrintStream out) {
    List<Measured> slow = table.below(least);
    out.printf(
        "%d of %d rows below %.0f %% of a copy%n", slow.size(), table.rows().size(), 100 * least);
    slow.forEach(row -> out.println("SLOW     " + RowLog.name(row.name(), row.type())));
    return slow.isEmpty();
  }
}
