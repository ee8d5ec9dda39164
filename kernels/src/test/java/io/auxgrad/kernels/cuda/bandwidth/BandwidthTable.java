package io.auxgrad.kernels.cuda.bandwidth;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What was measured in one run.
 *
 * @param gpu the GPU, for people
 * @param copyRate bytes read and written per second by a copy within its memory
 * @param rows in their order
 */
record BandwidthTable(String gpu, double copyRate, List<Measured> rows) {
  static final String HEAD =
      """
      | op | type | operands | MiB | us | GB/s | of a copy |
      |---|---|---|---:|---:|---:|---:|
      """;

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /** The share of a copy's rate that {@code row} reaches. */
  double share(Measured row) {
    return row.rate() / copyRate;
  }

  /** Those that reach less than {@code share} of a copy's rate. */
  List<Measured> below(double share) {
    return rows.stream().filter(row -> share(row) < share).toList();
  }

  String toMarkdown() {
    return format("%s; a copy within its memory moves %.0f GB/s%n%n", gpu, copyRate / 1e9)
        + HEAD
        + rows.stream().map(this::line).collect(Collectors.joining("\n"));
  }

  private String line(Measured row) {
    return format(
        "| %s | %s | %s | %.1f | %.1f | %.0f | %.1f %% |",
        row.name(),
        row.type().safetensorsName(),
        row.operands(),
        row.bytes() / 1048576.0,
        row.seconds() * 1e6,
        row.rate() / 1e9,
        100 * share(row));
  }

  String toJson() {
    return format("{\"gpu\": \"%s\", \"copy_bytes_per_second\": %.6e, \"rows\": [%n", gpu, copyRate)
        + rows.stream().map(this::object).collect(Collectors.joining(",\n"))
        + "\n]}\n";
  }

  private String object(Measured row) {
    return format(
        "  {\"op\": \"%s\", \"name\": \"%s\", \"type\": \"%s\", \"operands\": \"%s\", \"bytes\": %d, \"seconds\": %.6e, \"of_copy\": %.4f}",
        row.op(),
        row.name(),
        row.type().safetensorsName(),
        row.operands(),
        row.bytes(),
        row.seconds(),
        share(row));
  }
}
