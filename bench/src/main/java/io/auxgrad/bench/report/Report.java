package io.auxgrad.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.run.Json;
import io.auxgrad.mtl.run.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * All that one run measured.
 *
 * @param machine where
 * @param measurements in the order of the run
 * @param missing what could not be measured
 */
public record Report(Machine machine, List<Measurement> measurements, List<Missing> missing) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * An engine, or one work of it, that was left out.
   *
   * @param what engine, or engine and work
   * @param reason and remedy
   */
  public record Missing(String what, String reason) {}

  /** Writes {@code file}, whole or not at all. */
  public void write(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UserException("cannot make the folder of " + file + ": " + e.getMessage(), e);
    }
    TextFile.write(file, Json.write(this));
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws UserException if the file cannot be read or is no report
   */
  public static Report read(Path file) {
    try {
      Report report = MAPPER.readValue(Files.readString(file), Report.class);
      if (report.machine == null || report.measurements == null) {
        throw new UserException(file + " is no report of bench/run");
      }
      return report;
    } catch (JsonProcessingException e) {
      throw new UserException(file + " is no report of bench/run", e);
    } catch (NoSuchFileException e) {
      throw new UserException("cannot read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
