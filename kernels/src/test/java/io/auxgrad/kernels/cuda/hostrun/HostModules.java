package io.auxgrad.kernels.cuda.hostrun;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Kernels as libraries for the processor. Who asks for one file's has those of the others made
 * meanwhile, on all processors; what does not compile is not tried again.
 */
public final class HostModules {
  private static final String MAIN = "src/main/cuda";
  private static final String TEST = "src/test/cuda";
  private static final List<String> PLAIN_OPTIONS = List.of("-O1");

  /** The module's kernels. */
  static final HostModules PLAIN = new HostModules(MAIN, "plain", PLAIN_OPTIONS);

  /** The same under the sanitizers, for a {@link SanitizedRun}. */
  static final HostModules SANITIZED = new HostModules(MAIN, "sanitized", SanitizedRun.OPTIONS);

  /** The kernels that are there for tests of the {@link HostGpu} itself. */
  static final HostModules PLANTED = new HostModules(TEST, "plain", PLAIN_OPTIONS);

  static final HostModules PLANTED_SANITIZED =
      new HostModules(TEST, "sanitized", SanitizedRun.OPTIONS);

  private static final ExecutorService COMPILERS =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(), Thread.ofPlatform().daemon().factory());

  private final Path kernels;
  private final HostCompiler compiler;
  private final Map<String, CompletableFuture<HostCompiler.Library>> libraries =
      new ConcurrentHashMap<>();

  private HostModules(String kernels, String folder, List<String> options) {
    Path module = folder();
    this.kernels = module.resolve(kernels);
    compiler =
        new HostCompiler(
            this.kernels,
            List.of(module.resolve(MAIN), module.resolve(TEST)),
            module.resolve("target/hostrun").resolve(folder),
            options);
  }

  /** The library of a file of the module's kernels, with a {@code host_NAME} for each of them. */
  public static Path of(String file) {
    return PLAIN.library(file).path();
  }

  HostCompiler.Library library(String file) {
    CompletableFuture<HostCompiler.Library> library = begin(file);
    for (String other : files()) {
      var _ = begin(other);
    }
    try {
      return library.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Compiles all files. */
  void compile() {
    files().forEach(this::library);
  }

  private CompletableFuture<HostCompiler.Library> begin(String file) {
    return libraries.computeIfAbsent(
        file, f -> CompletableFuture.supplyAsync(() -> compiler.compile(f), COMPILERS));
  }

  private List<String> files() {
    try (Stream<Path> files = Files.list(kernels)) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".cu")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** This module's folder, from whichever module's tests this is used. */
  public static Path folder() {
    URI classes = location();
    Path folder = Path.of(classes);
    while (folder != null && !Files.isDirectory(folder.resolve(MAIN))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("there are no kernels' sources beside " + classes);
    }
    return folder;
  }

  private static URI location() {
    try {
      return HostModules.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
