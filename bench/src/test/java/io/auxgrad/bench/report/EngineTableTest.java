package io.auxgrad.bench.report;

import static io.auxgrad.bench.report.Reports.MACHINE;
import static io.auxgrad.bench.report.Reports.measurement;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EngineTableTest {
  @Test
  void peersStandBesideOursWithTheirRatio() {
    Report report =
        new Report(
            MACHINE,
            List.of(
                measurement("Step", "auxgrad", 10, 0),
                measurement("Step", "eager", 25, 0),
                measurement("Inference", "eager", 4, 0)),
            List.of(new Report.Missing("djl", "not in this build")));
    assertEquals(
        """
        | work            | unit |             auxgrad |               eager | ratio |
        |:--------------- | ----:| -------------------:| -------------------:| -----:|
        | Step 4x8x8      |   ms | 10.0 (10.0 to 10.0) | 25.0 (25.0 to 25.0) |  2.50 |
        | Inference 4x8x8 |   ms |                   - | 4.00 (4.00 to 4.00) |     - |
        missing: djl: not in this build\
        """,
        EngineTable.of(report));
  }
}
