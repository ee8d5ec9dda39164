package io.auxgrad.kernels.cuda.hostrun;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The kernels as libraries for the processor, each file compiled once. */
public final class HostModules {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final HostCompiler COMPILER =
      new HostCompiler(
          MODULE.resolve("src/main/cuda"),
          List.of(MODULE.resolve("src/main/cuda"), MODULE.resolve("src/test/cuda")),
          MODULE.resolve("target/hostrun/modules"),
          List.of("-O1"));
  private static final Map<String, Path> COMPILED = new ConcurrentHashMap<>();

  private HostModules() {}

  /** The library of {@code file}, with a function {@code host_NAME} for each kernel. */
  public static Path of(String file) {
    return COMPILED.computeIfAbsent(file, f -> COMPILER.compile(f).path());
  }
}
