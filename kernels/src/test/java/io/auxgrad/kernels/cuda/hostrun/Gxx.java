package io.auxgrad.kernels.cuda.hostrun;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** {@code g++}, and shared libraries that it makes once for this process and others. */
public final class Gxx {
  private static final String PROGRAM = "g++";

  private Gxx() {}

  /** Whether this machine has it. */
  public static boolean available() {
    try {
      run(PROGRAM, List.of("--version"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the C++ file comes to with all that it includes. */
  static String preprocess(List<String> options, Path source) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-x", "c++", "-E", "-P"));
    arguments.addAll(options);
    arguments.add(source.toString());
    return run(PROGRAM, arguments);
  }

  /** A name for what is made of all these. */
  public static String key(List<byte[]> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      parts.forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /**
   * Makes a shared library, if it is not there. Another process may be making it too.
   *
   * @param arguments all but where it goes
   */
  public static void make(Path library, List<String> arguments) throws IOException {
    if (Files.exists(library)) {
      return;
    }
    Files.createDirectories(library.getParent());
    Path made = Files.createTempFile(library.getParent(), "making", ".so");
    List<String> all = new ArrayList<>(List.of("-std=c++17", "-shared", "-fPIC"));
    all.addAll(List.of("-Wall", "-Wextra", "-Werror", "-o", made.toString()));
    all.addAll(arguments);
    run(PROGRAM, all);
    Files.move(made, library, StandardCopyOption.ATOMIC_MOVE);
  }

  /** What the program prints; if it fails, that is in the exception. */
  static String run(String program, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
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
