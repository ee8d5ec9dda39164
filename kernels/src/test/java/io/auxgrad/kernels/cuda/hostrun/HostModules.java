package io.auxgrad.kernels.cuda.hostrun;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The kernels as libraries for the processor, each file compiled once. */
public final class HostModules {
  private static final String MAIN = "src/main/cuda";
  private static final HostCompiler COMPILER =
      new HostCompiler(
          folder().resolve(MAIN),
          List.of(folder().resolve(MAIN), folder().resolve("src/test/cuda")),
          folder().resolve("target/hostrun/modules"),
          List.of("-O1"));
  private static final Map<String, Path> COMPILED = new ConcurrentHashMap<>();

  private HostModules() {}

  /** The library of {@code file}, with a function {@code host_NAME} for each kernel. */
  public static Path of(String file) {
    return COMPILED.computeIfAbsent(file, f -> COMPILER.compile(f).path());
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
