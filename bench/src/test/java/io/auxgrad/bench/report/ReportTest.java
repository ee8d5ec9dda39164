package io.auxgrad.bench.report;

import static io.auxgrad.bench.report.Reports.measurement;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  @TempDir private Path folder;

  @Test
  void aReportComesBackAsItWasWritten() {
    Report report = Reports.of(measurement("Step", "auxgrad", 10), measurement("Op", "eager", 0.3));
    Path file = folder.resolve("new/report.json");
    report.write(file);
    assertEquals(report, Report.read(file));
  }

  @Test
  void otherJsonIsRefusedByName() throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), "{\"a\": 1}");
    UserException e = assertThrows(UserException.class, () -> Report.read(file));
    assertEquals(file + " is no report of bench/run", e.getMessage());
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("none.json");
    UserException e = assertThrows(UserException.class, () -> Report.read(file));
    assertTrue(e.getMessage().startsWith("cannot read " + file), e::getMessage);
  }
}
