package io.auxgrad.bench.report;

import static io.auxgrad.bench.report.Reports.measurement;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.bench.report.Comparison.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  private static final double THRESHOLD = 0.05;

  @Test
  void slowerBeyondNoiseAndThresholdIsARegression() {
    Comparison comparison =
        compare(measurement("Step", "auxgrad", 10), measurement("Step", "auxgrad", 13));
    assertEquals(List.of(Verdict.SLOWER), verdicts(comparison));
    assertTrue(comparison.hasRegression());
    assertEquals(1.3, comparison.rows().getFirst().ratio(), 1e-9);
  }

  @Test
  void fasterIsNone() {
    Comparison comparison =
        compare(measurement("Step", "auxgrad", 13), measurement("Step", "auxgrad", 10));
    assertEquals(List.of(Verdict.FASTER), verdicts(comparison));
    assertFalse(comparison.hasRegression());
  }

  @Test
  void withinTheNoiseNothingIsSaid() {
    Comparison comparison =
        compare(measurement("Step", "auxgrad", 10, 1), measurement("Step", "auxgrad", 12, 1));
    assertEquals(List.of(Verdict.SAME), verdicts(comparison));
  }

  @Test
  void withinTheThresholdNothingIsSaid() {
    Comparison comparison =
        compare(
            measurement("Step", "auxgrad", 10, 0.001), measurement("Step", "auxgrad", 10.4, 0.001));
    assertEquals(List.of(Verdict.SAME), verdicts(comparison));
  }

  @Test
  void aSlowerPeerIsNoRegressionOfOurs() {
    Comparison comparison =
        compare(measurement("Step", "eager", 10), measurement("Step", "eager", 20));
    assertEquals(List.of(Verdict.SLOWER), verdicts(comparison));
    assertFalse(comparison.hasRegression());
  }

  @Test
  void onlyCommonWorksAreCompared() {
    Comparison comparison =
        compare(measurement("Step", "auxgrad", 10), measurement("Op", "auxgrad", 10));
    assertEquals(List.of(), comparison.rows());
  }

  @Test
  void theTableNamesTheVerdict() {
    String text =
        compare(measurement("Step", "auxgrad", 10), measurement("Step", "auxgrad", 20)).text();
    assertEquals(
        "| Step 4x8x8 | auxgrad |   ms | 10.0 (9.50 to 10.5) | 20.0 (19.0 to 21.0) |  2.00 | slower |",
        text.lines().toList().getLast());
  }

  private static Comparison compare(Measurement before, Measurement after) {
    return new Comparison(Reports.of(before), Reports.of(after), THRESHOLD);
  }

  private static List<Verdict> verdicts(Comparison comparison) {
    return comparison.rows().stream().map(Comparison.Row::verdict).toList();
  }
}
