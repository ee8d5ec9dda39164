package io.auxgrad.mtl.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.auxgrad.mtl.UserException;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run.
 *
 * <p>{@code last.json} is the checkpoint: it holds the progress, and the name, size and SHA-256 of
 * the file of tensors that belongs to it. A new one is written under new names, and counts from the
 * moment in which {@code last.json} is renamed; only then is the file of the old one deleted.
 * Whatever ends the process in between, one whole checkpoint is there.
 */
public final class Checkpoints {
  private static final String FORMAT = "auxgrad-checkpoint";
  private static final int VERSION = 1;
  private static final long LARGEST_MANIFEST = 256L << 20;
  private static final Pattern TENSORS = Pattern.compile("step-\\d{8,19}\\.safetensors");

  /** Writes a file of tensors, whole or not at all. */
  @FunctionalInterface
  interface TensorWriter {
    void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
        throws IOException;
  }

  private record Manifest(
      String format, int version, String tensors, long bytes, String sha256, Progress progress) {}

  private final Path folder;
  private final TensorWriter writer;

  Checkpoints(Path folder) {
    this(folder, Safetensors::write);
  }

  Checkpoints(Path folder, TensorWriter writer) {
    this.folder = folder;
    this.writer = writer;
  }

  /** Makes this the checkpoint to resume from. */
  public void save(Progress progress, Map<String, Tensor> tensors) {
    Path file = folder.resolve("step-%08d.safetensors".formatted(progress.step()));
    try {
      writer.write(file, tensors, Map.of("format", FORMAT));
      Manifest manifest =
          new Manifest(
              FORMAT,
              VERSION,
              file.getFileName().toString(),
              Files.size(file),
              Sha256.of(file),
              progress);
      TextFile.write(manifestFile(), Json.write(manifest));
      deleteAllBut(file);
    } catch (IOException | RuntimeException e) {
      throw new UserException(
          "checkpoint of step %d was not saved: %s; %s"
              .formatted(
                  progress.step(),
                  e.getMessage(),
                  Files.exists(manifestFile())
                      ? "the one before is kept, --resume goes on from it"
                      : "there is none before it"),
          e);
    }
  }

  /** The checkpoint to resume from, verified; empty if there is none yet. */
  public Optional<Checkpoint> last() {
    Path file = manifestFile();
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Manifest manifest = read(file);
    if (!FORMAT.equals(manifest.format()) || manifest.version() != VERSION) {
      throw damaged(file, "it is not an %s of version %d".formatted(FORMAT, VERSION), null);
    }
    return Optional.of(new Checkpoint(manifest.progress(), verified(file, manifest)));
  }

  /** Selects these weights for evaluation. */
  public void saveBest(Map<String, Tensor> weights, Map<String, String> metadata) {
    try {
      writer.write(bestFile(), weights, metadata);
    } catch (IOException | RuntimeException e) {
      throw new UserException(
          "selected weights were not saved: %s; %s"
              .formatted(
                  e.getMessage(),
                  Files.exists(bestFile())
                      ? "those before are kept"
                      : "there are none before them"),
          e);
    }
  }

  /** The file of the selected weights. */
  public Path bestFile() {
    return folder.resolve("best.safetensors");
  }

  private Path manifestFile() {
    return folder.resolve("last.json");
  }

  private Path verified(Path file, Manifest manifest) {
    if (manifest.tensors() == null || !TENSORS.matcher(manifest.tensors()).matches()) {
      throw damaged(file, "it names a file of tensors '" + manifest.tensors() + "'", null);
    }
    Path tensors = folder.resolve(manifest.tensors());
    try {
      if (!Files.isRegularFile(tensors)) {
        throw damaged(file, tensors.getFileName() + " is missing", null);
      }
      long bytes = Files.size(tensors);
      if (bytes != manifest.bytes()) {
        throw damaged(
            tensors, "it has %d bytes instead of %d".formatted(bytes, manifest.bytes()), null);
      }
      if (!Sha256.of(tensors).equals(manifest.sha256())) {
        throw damaged(tensors, "its SHA-256 is not the one that last.json records", null);
      }
      return tensors;
    } catch (IOException e) {
      throw damaged(tensors, TextFile.reason(e), e);
    }
  }

  private static Manifest read(Path file) {
    try {
      if (Files.size(file) > LARGEST_MANIFEST) {
        throw damaged(file, "it is larger than any checkpoint's", null);
      }
      Manifest manifest = Json.MAPPER.readValue(Files.readString(file), Manifest.class);
      if (manifest == null || manifest.progress() == null) {
        throw damaged(file, "it holds no progress", null);
      }
      return manifest;
    } catch (JsonProcessingException e) {
      throw damaged(file, e.getOriginalMessage().lines().findFirst().orElse("not JSON"), e);
    } catch (IOException e) {
      throw damaged(file, TextFile.reason(e), e);
    }
  }

  private void deleteAllBut(Path kept) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> isOld(f, kept)).toList()) {
        Files.delete(file);
      }
    }
  }

  // Also what a killed process left half written.
  private static boolean isOld(Path file, Path kept) {
    String name = file.getFileName().toString();
    boolean partial = name.startsWith(".") && name.endsWith(".tmp");
    return partial || (TENSORS.matcher(name).matches() && !file.equals(kept));
  }

  private static UserException damaged(Path file, String why, Exception cause) {
    return new UserException(
        "checkpoint %s cannot be used: %s; restore it from a copy, or train anew in another --out"
            .formatted(file, why),
        cause);
  }
}
