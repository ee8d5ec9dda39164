package io.auxgrad.kernels.cpu.onednn;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;

/**
 * Copies native libraries out of the jar, once per version, into a folder of the user; those that
 * lie open on the class path stay where they are.
 */
final class Unpacker {
  private final Platform platform;

  Unpacker(Platform platform) {
    this.platform = platform;
  }

  /** The files of all libraries of the platform, in the order of loading. */
  List<Path> unpack() {
    return platform.libraries().stream().map(this::unpack).toList();
  }

  private Path unpack(String library) {
    String resource = "/org/bytedeco/dnnl/" + platform.name() + "/" + library;
    URL url = Unpacker.class.getResource(resource);
    if (url == null) {
      throw new OneDnnException(
          "oneDNN for "
              + platform.name()
              + " is not on the class path: add org.bytedeco:dnnl with the classifier "
              + platform.name()
              + " (there is none for some platforms)");
    }
    try {
      return url.openConnection() instanceof JarURLConnection jar
          ? cached(jar, library)
          : Path.of(url.toURI());
    } catch (IOException | URISyntaxException e) {
      throw new OneDnnException(
          "oneDNN could not be unpacked from " + url + ": " + e.getMessage(), e);
    }
  }

  // The checksum in the name keeps versions apart.
  private Path cached(JarURLConnection jar, String library) throws IOException {
    JarEntry entry = jar.getJarEntry();
    Path folder =
        platform
            .cache()
            .resolve("auxgrad")
            .resolve("%s-%08x".formatted(platform.name(), entry.getCrc()));
    Path file = folder.resolve(library);
    if (!Files.exists(file) || Files.size(file) != entry.getSize()) {
      Files.createDirectories(folder);
      copy(jar, file);
    }
    return file;
  }

  // Other processes may do the same at this moment: each moves a complete file into place.
  private static void copy(JarURLConnection jar, Path file) throws IOException {
    Path partial =
        Files.createTempFile(file.getParent(), file.getFileName().toString(), ".partial");
    try (InputStream in = jar.getInputStream()) {
      Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
