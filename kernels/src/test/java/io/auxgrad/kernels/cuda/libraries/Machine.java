package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A made-up machine: files below a folder, environment variables and system properties. */
final class Machine {
  private final Path root;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();

  Machine(Path root) {
    this.root = root;
  }

  /** Sets an environment variable. */
  Machine variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Sets a system property. */
  Machine property(String name, String value) {
    properties.put(name, value);
    return this;
  }

  /** The real path of a file or folder of this machine. */
  String at(String path) {
    return root.resolve(path.substring(1)).toString();
  }

  /** Puts libraries into a folder, each under the name that it calls itself. */
  Machine libraries(String folder, String... sonames) throws IOException {
    for (String soname : sonames) {
      file(folder + "/" + soname, TinyLibrary.of(soname, "function"));
    }
    return this;
  }

  /** Puts a library into a folder under its full name, and a link to it under its own. */
  Machine linked(String folder, String soname, String fullName) throws IOException {
    file(folder + "/" + fullName, TinyLibrary.of(soname, "function"));
    return link(folder + "/" + soname, fullName);
  }

  Machine link(String path, String target) throws IOException {
    Path link = Path.of(at(path));
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
    return this;
  }

  Machine file(String path, byte[] content) throws IOException {
    Path file = Path.of(at(path));
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return this;
  }

  Machine program(String path) throws IOException {
    file(path, new byte[0]);
    if (!Path.of(at(path)).toFile().setExecutable(true)) {
      throw new IOException(path + " cannot be made a program");
    }
    return this;
  }

  Machine folder(String path) throws IOException {
    Files.createDirectories(Path.of(at(path)));
    return this;
  }

  Surroundings surroundings() {
    return new Surroundings(environment, properties::get, root);
  }

  CudaLibraries find() {
    return CudaLibraries.find(surroundings());
  }
}
