package io.auxgrad.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;

/**
 * One benchmark with one set of parameters on one engine.
 *
 * @param benchmark class and method, for example {@code Op.run}
 * @param parameters by name, without the engine
 * @param engine its label
 * @param unit of the samples; less is better
 * @param samples one per iteration of each fork
 * @param bytes allocated in the Java heap per operation; null where not counted
 */
public record Measurement(
    String benchmark,
    Map<String, String> parameters,
    String engine,
    String unit,
    List<Double> samples,
    Double bytes) {
  /** Median and its interval. */
  @JsonIgnore
  public Spread spread() {
    return Spread.of(samples);
  }

  /** Benchmark and parameters: what is the same for all engines. */
  @JsonIgnore
  public String work() {
    return parameters.isEmpty()
        ? benchmark
        : benchmark + " " + String.join(" ", parameters.values());
  }
}
