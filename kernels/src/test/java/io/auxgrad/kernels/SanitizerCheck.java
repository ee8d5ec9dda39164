package io.auxgrad.kernels;

import io.auxgrad.kernels.cases.GpuCases;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Runs programs under a tool of compute-sanitizer.
 *
 * @param tool {@code memcheck} or {@code racecheck}
 * @param programs the commands, of which none may be found to be wrong
 */
record SanitizerCheck(String tool, List<List<String>> programs) {
  // Zones behind buffers, which the tool does not know of: it sees what was taken from the driver.
  private static final String GUARDS = "-Dauxgrad.debug.guards=true";

  // NVIDIA's kernels are not on trial, and take these tools many times as long as ours.
  private static final String OUR_KERNELS = "-Dauxgrad.cuda.vendor=false";

  // What is the fastest under a tool need not be so elsewhere, and would be kept for all processes.
  private static final String NO_SEARCH = "-Dauxgrad.cuda.search=false";

  /**
   * Of the op cases that have one of {@code parts} in family or name, or of all, by our kernels.
   */
  static SanitizerCheck ofCases(String tool, List<String> parts) {
    List<String> options =
        tool.equals("memcheck") ? List.of(OUR_KERNELS, GUARDS) : List.of(OUR_KERNELS);
    return new SanitizerCheck(
        tool, List.of(ChildJvm.command(GpuCases.class, options, parts.toArray(String[]::new))));
  }

  /**
   * Of trainings, in both networks and both precisions, with their evaluations. The third of six
   * steps is captured, and the third of four batches that are evaluated; the rest replay them.
   */
  static SanitizerCheck ofTraining(String tool, Path runs) {
    String light = "--set precision=fp32";
    String deeplab =
        "--set precision=bf16 --set model.encoder=resnet18 --set model.decoder=deeplabv3"
            + " --set model.output_stride=8 --set model.width=0.125 --set model.channels=16";
    return new SanitizerCheck(
        tool,
        List.of(
            training(runs.resolve("light"), light), training(runs.resolve("deeplab"), deeplab)));
  }

  private static List<String> training(Path run, String sets) {
    return CommandLine.onGpu(
        List.of(NO_SEARCH),
        "train --preset tiny --set train.epochs=1 --set data.rooms.train=12 --set train.batch=2"
            + " --set data.rooms.validation=8 --set data.rooms.test=2 "
            + sets
            + " --out",
        run.toString());
  }

  int run(PrintStream out) throws IOException, InterruptedException {
    ComputeSanitizer sanitizer = ComputeSanitizer.of(System.getenv());
    Optional<Path> program = sanitizer.find();
    if (program.isEmpty()) {
      out.println("gpu-check: no compute-sanitizer, which comes with the CUDA toolkit, in");
      sanitizer.folders().forEach(folder -> out.println("  " + folder));
      return GpuCheck.ABSENT;
    }
    int status = 0;
    for (List<String> command : programs) {
      List<String> watched = ComputeSanitizer.command(program.get(), tool, command);
      status |= new ProcessBuilder(watched).inheritIO().start().waitFor();
    }
    return status == 0 ? GpuCheck.PASSED : GpuCheck.FAILED;
  }
}
