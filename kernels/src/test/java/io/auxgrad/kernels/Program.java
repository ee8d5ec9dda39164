package io.auxgrad.kernels;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs of this machine that tests build with. */
public final class Program {
  private Program() {}

  /** Whether this machine has a program of that name. */
  public static boolean isInstalled(String name) {
    try {
      run(List.of(name, "--version"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the program prints; if it fails, that is in the exception. */
  public static String run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // What is under a sanitizer is not the compiler.
    builder.environment().remove("LD_PRELOAD");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + "\n" + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return output;
  }
}
