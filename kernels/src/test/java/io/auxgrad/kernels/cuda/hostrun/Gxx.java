package io.auxgrad.kernels.cuda.hostrun;

import io.auxgrad.kernels.Program;
import java.io.IOException;
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
    return Program.isInstalled(PROGRAM);
  }

  /** What the C++ file comes to with all that it includes. */
  static String preprocess(List<String> options, Path source) throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM, "-x", "c++", "-E", "-P"));
    command.addAll(options);
    command.add(source.toString());
    return Program.run(command);
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
    List<String> command = new ArrayList<>(List.of(PROGRAM, "-std=c++17", "-shared", "-fPIC"));
    command.addAll(List.of("-Wall", "-Wextra", "-Werror", "-o", made.toString()));
    command.addAll(arguments);
    Program.run(command);
    Files.move(made, library, StandardCopyOption.ATOMIC_MOVE);
  }
}
