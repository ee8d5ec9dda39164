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

/**
 * Makes a shared library for the processor of a {@code .cu} file, with {@code g++} and {@code nm}.
 */
final class HostCompiler {
  /** A function that every library exports. */
  static final String ANCHOR = "auxgrad_host_shared";

  private static final Pattern ENTRY = Pattern.compile("extern \"C\" __global__ void (\\w+)\\(");

  /** Shared memory is what functions keep in statics: local symbols under a function's name. */
  private static final Pattern SHARED =
      Pattern.compile("([0-9a-f]+) ([0-9a-f]+) [bd] _ZZ.*", Pattern.CASE_INSENSITIVE);

  private static final Pattern EXPORT = Pattern.compile("([0-9a-f]+) (?:[0-9a-f]+ )?T " + ANCHOR);

  private static final List<String> OPTIONS =
      List.of(
          "-std=c++17",
          "-shared",
          "-fPIC",
          "-g",
          "-Wall",
          "-Wextra",
          "-Werror",
          "-Wno-unknown-pragmas",
          "-ffp-contract=off",
          "-fvisibility=hidden",
          "-fno-gnu-unique");

  private final Path kernels;
  private final List<Path> headers;
  private final Path folder;
  private final List<String> options;

  /**
   * A compiled file.
   *
   * @param path of the library
   * @param anchor where {@link #ANCHOR} lies in it
   * @param shared the variables in shared memory
   */
  record Library(Path path, long anchor, List<Shared> shared) {}

  /** A variable in shared memory: where it lies in the library, and its bytes. */
  record Shared(long offset, long bytes) {}

  /** Of the files under {@code kernels} with {@code headers}; libraries go to {@code folder}. */
  HostCompiler(Path kernels, List<Path> headers, Path folder, List<String> options) {
    this.kernels = kernels;
    this.headers = headers;
    this.folder = folder;
    this.options = options;
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
  Library compile(String file) {
    try {
      Files.createDirectories(folder);
      Path source = folder.resolve(file + ".cpp");
      Files.writeString(source, wrapped(file));
      Path library = folder.resolve("lib" + file + ".so");
      List<String> command = new ArrayList<>(OPTIONS);
      command.addAll(options);
      command.addAll(includes());
      command.addAll(List.of("-o", library.toString(), source.toString()));
      run("g++", command);
      return symbols(library);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Library symbols(Path library) throws IOException {
    long anchor = -1;
    List<Shared> shared = new ArrayList<>();
    for (String line : run("nm", List.of("-S", "--defined-only", library.toString())).split("\n")) {
      Matcher export = EXPORT.matcher(line);
      Matcher variable = SHARED.matcher(line);
      if (export.matches()) {
        anchor = Long.parseLong(export.group(1), 16);
      } else if (variable.matches()) {
        shared.add(
            new Shared(
                Long.parseLong(variable.group(1), 16), Long.parseLong(variable.group(2), 16)));
      }
    }
    return new Library(library, anchor, shared);
  }

  private String wrapped(String file) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("#include \"host_cuda.h\"\n");
    text.append("#include \"").append(source(file)).append("\"\n");
    for (String name : entries(file)) {
      text.append("HOST_ENTRY(").append(name).append(")\n");
    }
    return text.toString();
  }

  private Set<String> entries(String file) throws IOException {
    List<String> command = new ArrayList<>(List.of("-x", "c++", "-E", "-P"));
    command.addAll(includes());
    command.add(source(file).toString());
    String text = run("g++", command);
    Set<String> names = new TreeSet<>();
    Matcher matcher = ENTRY.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private Path source(String file) {
    return file.endsWith(".cuh") ? headers.getFirst().resolve(file) : kernels.resolve(file);
  }

  private List<String> includes() {
    return headers.stream().map(folder -> "-I" + folder).toList();
  }

  private static String run(String program, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
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
