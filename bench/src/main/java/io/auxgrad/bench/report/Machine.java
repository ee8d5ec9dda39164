package io.auxgrad.bench.report;

import io.auxgrad.mtl.run.Environment;
import io.auxgrad.tensor.ops.Backend;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Where and with what was measured.
 *
 * @param started in UTC
 * @param processor model
 * @param processors how many the system offers
 * @param threads that each engine used
 * @param system name, version and architecture
 * @param java version
 * @param engine our backend's line about itself
 * @param version of auxgrad
 * @param revision of the source, with "-dirty" where files were changed
 * @param load runnable processes of the last minute when it began; -1 if unknown
 */
public record Machine(
    String started,
    String processor,
    int processors,
    int threads,
    String system,
    String java,
    String engine,
    String version,
    String revision,
    double load) {
  /** This machine, now, with {@code backend} computing on so many threads. */
  public static Machine here(int threads, Backend backend) {
    return new Machine(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        threads,
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        Runtime.version().toString(),
        backend.describe(),
        Environment.version(),
        sourceRevision(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String processorModel() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String sourceRevision() {
    return git("rev-parse", "--short=12", "HEAD")
        .map(hash ->
            git("status", "--porcelain", "--untracked-files=no").orElse("").isEmpty()
                ? hash
                : hash + "-dirty")
        .orElse("unknown");
  }

  private static Optional<String> git(String... arguments) {
    try {
      String[] command = new String[arguments.length + 1];
      command[0] = "git";
      System.arraycopy(arguments, 0, command, 1, arguments.length);
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(output.strip()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
