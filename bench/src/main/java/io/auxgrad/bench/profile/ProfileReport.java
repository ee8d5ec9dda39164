package io.auxgrad.bench.profile;

import io.auxgrad.bench.report.Machine;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.mtl.run.Json;
import io.auxgrad.mtl.run.TextFile;
import java.nio.file.Path;

/**
 * A profile with all its figures and where it is from, as JSON.
 *
 * @param machine where and with what
 * @param what training step or inference
 * @param network by its name
 * @param precision {@code fp32}, {@code tf32} or {@code bf16}
 * @param size {@code BATCHxHEIGHTxWIDTH}
 * @param insideOps milliseconds of a step in which an op runs
 * @param floor milliseconds of a step if each op took what the device needs at best
 * @param profile what was measured; sums are over its steps
 */
public record ProfileReport(
    Machine machine,
    String what,
    String network,
    String precision,
    String size,
    double insideOps,
    double floor,
    StepProfile profile) {
  /** Of {@code profile}, which is of {@code work}. */
  public static ProfileReport of(Machine machine, String what, Workload work, StepProfile profile) {
    return new ProfileReport(
        machine,
        what,
        work.network().label(),
        work.precisionLabel(),
        work.size(),
        profile.insideOps(),
        profile.floor(),
        profile);
  }

  /** Writes {@code file}, whole or not at all. */
  public void write(Path file) {
    TextFile.write(file, Json.write(this));
  }
}
