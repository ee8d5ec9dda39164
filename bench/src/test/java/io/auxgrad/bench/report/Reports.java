package io.auxgrad.bench.report;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Made-up reports. */
final class Reports {
  static final Machine MACHINE =
      new Machine(
          "2026-01-01T00:00:00Z", "a processor", 2, 2, "a system", "25", "cpu", "1", "abc", 0.5);

  private Reports() {}

  static Report of(Measurement... measurements) {
    return new Report(MACHINE, List.of(measurements), List.of());
  }

  /** Twenty samples within a tenth of {@code milliseconds}. */
  static Measurement measurement(String benchmark, String engine, double milliseconds) {
    return measurement(benchmark, engine, milliseconds, 0.1);
  }

  static Measurement measurement(
      String benchmark, String engine, double milliseconds, double spread) {
    List<Double> samples =
        IntStream.rangeClosed(-10, 10).mapToObj(i -> milliseconds * (1 + spread * i / 10)).toList();
    return new Measurement(benchmark, Map.of("size", "4x8x8"), engine, "ms/op", samples, null);
  }
}
