package io.auxgrad.kernels.cuda.hostrun;

import io.auxgrad.kernels.Program;
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
import java.util.stream.Stream;

/**
 * Makes a shared library for the processor of a {@code .cu} file, with {@code g++} and {@code nm}.
 * It is named after what it was made of, and found again by this process and others.
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
          "-Wno-unknown-pragmas", "-ffp-contract=off", "-fvisibility=hidden", "-fno-gnu-unique");

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

  /** The library with an entry {@code host_NAME} for each entry point {@code NAME} of the file. */
  Library compile(String file) {
    try {
      String text = Gxx.preprocess(includes(), source(file));
      String key = key(text);
      Path library = folder.resolve("lib%s-%s.so".formatted(file, key));
      if (!Files.exists(library)) {
        Files.createDirectories(folder);
        Path wrapped = folder.resolve("%s-%s.cpp".formatted(file, key));
        Files.writeString(wrapped, wrapped(file, text));
        Gxx.make(library, arguments(wrapped));
      }
      return symbols(library);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> arguments(Path source) {
    List<String> arguments = new ArrayList<>(OPTIONS);
    arguments.addAll(options);
    arguments.addAll(includes());
    arguments.add(source.toString());
    return arguments;
  }

  /** Of all that the library is made of. */
  private String key(String text) throws IOException {
    List<byte[]> parts = new ArrayList<>();
    parts.add(text.getBytes(StandardCharsets.UTF_8));
    parts.add((OPTIONS + " " + options).getBytes(StandardCharsets.UTF_8));
    for (Path headers : headers) {
      try (Stream<Path> files = Files.list(headers)) {
        for (Path header : files.filter(f -> f.toString().endsWith(".h")).sorted().toList()) {
          parts.add(Files.readAllBytes(header));
        }
      }
    }
    return Gxx.key(parts);
  }

  private static Library symbols(Path library) throws IOException {
    long anchor = -1;
    List<Shared> shared = new ArrayList<>();
    String nm = Program.run(List.of("nm", "-S", "--defined-only", library.toString()));
    for (String line : nm.split("\n")) {
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

  private String wrapped(String file, String preprocessed) {
    StringBuilder text = new StringBuilder();
    text.append("#include \"host_cuda.h\"\n");
    text.append("#include \"").append(source(file)).append("\"\n");
    for (String name : entries(preprocessed)) {
      text.append("HOST_ENTRY(").append(name).append(")\n");
    }
    return text.toString();
  }

  private static Set<String> entries(String preprocessed) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = ENTRY.matcher(preprocessed);
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
}
