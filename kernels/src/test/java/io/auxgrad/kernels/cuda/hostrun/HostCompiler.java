package io.auxgrad.kernels.cuda.hostrun;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a shared library for the processor of a {@code .cu} file, with {@code g++}. */
final class HostCompiler {
  private static final Pattern ENTRY = Pattern.compile("extern \"C\" __global__ void (\\w+)\\(");

  private final Path kernels;
  private final Path header;
  private final Path folder;

  /** Of the files under {@code kernels}; libraries go to {@code folder}. */
  HostCompiler(Path kernels, Path header, Path folder) {
    this.kernels = kernels;
    this.header = header;
    this.folder = folder;
  }

  /** Whether this machine has the compiler. */
  static boolean available() {
    try {
      return new ProcessBuilder("g++", "--version").redirectErrorStream(true).start().waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The library with an entry {@code host_NAME} for each entry point {@code NAME} of the file. */
  Path compile(String file) {
    try {
      Files.createDirectories(folder);
      Path source = folder.resolve(file + ".cpp");
      Files.writeString(source, wrapped(file));
      Path library = folder.resolve("lib" + file + ".so");
      run(
          "-shared",
          "-fPIC",
          "-O1",
          "-g",
          "-fvisibility=hidden",
          "-fno-gnu-unique",
          "-o",
          library.toString(),
          source.toString());
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String wrapped(String file) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("#include \"").append(header).append("\"\n");
    text.append("#include \"").append(kernels.resolve(file)).append("\"\n");
    for (String name : entries(file)) {
      text.append("HOST_ENTRY(").append(name).append(")\n");
    }
    return text.toString();
  }

  private Set<String> entries(String file) throws IOException {
    String text = run("-x", "c++", "-E", "-P", kernels.resolve(file).toString());
    Set<String> names = new TreeSet<>();
    Matcher matcher = ENTRY.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private String run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("g++", "-std=c++17", "-ffp-contract=off"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
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
