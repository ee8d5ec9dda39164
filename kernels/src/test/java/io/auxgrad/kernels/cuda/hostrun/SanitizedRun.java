package io.auxgrad.kernels.cuda.hostrun;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Java program in a process of its own, into which the address sanitizer was loaded first, as it
 * must be.
 */
public final class SanitizedRun {
  /** What g++ is told; the first thing found ends the process. */
  static final List<String> OPTIONS =
      List.of("-O1", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all");

  // Java keeps its own handler of segmentation faults, and leaks are none of the kernels' business.
  private static final String ASAN_OPTIONS =
      "detect_leaks=0:handle_segv=0:allow_user_segv_handler=1:use_sigaltstack=0:verify_asan_link_order=0";

  private SanitizedRun() {}

  /** How a process ended, and what it printed. */
  public record Result(int status, String output) {}

  /** Whether this machine has what it takes. */
  public static boolean available() {
    return HostGpu.available() && Files.exists(library("libasan.so"));
  }

  /** Compiles the module's kernels, so that programs find them made. */
  public static void compileKernels() {
    HostModules.SANITIZED.compile();
  }

  /** Runs {@code program}, a class with a main method. */
  public static Result of(Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx512m",
            "-Dbasedir=" + Path.of(System.getProperty("basedir", "")).toAbsolutePath(),
            "-cp",
            System.getProperty("java.class.path"),
            program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_PRELOAD", library("libasan.so") + ":" + library("libubsan.so"));
    builder.environment().put("ASAN_OPTIONS", ASAN_OPTIONS);
    builder.environment().put("UBSAN_OPTIONS", "print_stacktrace=1");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private static Path library(String name) {
    try {
      Process process = new ProcessBuilder("g++", "-print-file-name=" + name).start();
      String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Path.of(path.strip());
    } catch (IOException e) {
      return Path.of("no", name);
    }
  }
}
