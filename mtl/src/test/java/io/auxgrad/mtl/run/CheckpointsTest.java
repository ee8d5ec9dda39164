package io.auxgrad.mtl.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.UserException;
import io.auxgrad.nn.RandomState;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointsTest {
  private final TensorScope scope = TensorScope.open();

  @TempDir Path folder;

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @Test
  void comesBackAsItWasSaved() throws IOException {
    Progress progress = progress(7, 0.1 + 0.2);
    new Checkpoints(folder).save(progress, tensors(3));
    Checkpoint last = new Checkpoints(folder).last().orElseThrow();
    assertEquals(progress, last.progress());
    assertArrayEquals(new float[] {3, 4}, read(last));
  }

  @Test
  void theSameStateGivesTheSameBytes() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    new Checkpoints(folder).save(progress(7, 0.3), tensors(3));
    new Checkpoints(other).save(progress(7, 0.3), tensors(3));
    for (String name : List.of("last.json", "step-00000007.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve(name)), Files.readAllBytes(other.resolve(name)), name);
    }
  }

  @Test
  void onlyTheNewestIsKept() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    Files.writeString(folder.resolve(".step-00000009.safetensors.ab12.tmp"), "half");
    checkpoints.save(progress(7, 1), tensors(3));
    checkpoints.save(progress(8, 1), tensors(5));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("last.json", "step-00000008.safetensors"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
    assertArrayEquals(new float[] {5, 6}, read(checkpoints.last().orElseThrow()));
  }

  @Test
  void aFullDiskLeavesThePreviousOne() throws IOException {
    new Checkpoints(folder).save(progress(7, 1), tensors(3));
    Checkpoints full = onFullDisk();
    UserException e =
        assertThrows(UserException.class, () -> full.save(progress(8, 1), tensors(5)));
    assertEquals(
        "checkpoint of step 8 was not saved: No space left on device; the one before is kept, --resume goes on from it",
        e.getMessage());
    Checkpoint last = new Checkpoints(folder).last().orElseThrow();
    assertEquals(7, last.progress().step());
    assertArrayEquals(new float[] {3, 4}, read(last));
  }

  @Test
  void aFullDiskSaysThatThereIsNoneBefore() {
    Checkpoints full = onFullDisk();
    UserException e =
        assertThrows(UserException.class, () -> full.save(progress(8, 1), tensors(5)));
    assertEquals(
        "checkpoint of step 8 was not saved: No space left on device; there is none before it",
        e.getMessage());
    e = assertThrows(UserException.class, () -> full.saveBest(tensors(5), Map.of()));
    assertEquals(
        "selected weights were not saved: No space left on device; there are none before them",
        e.getMessage());
  }

  private Checkpoints onFullDisk() {
    return new Checkpoints(
        folder,
        (file, tensors, metadata) -> {
          Files.write(file.resolveSibling("." + file.getFileName() + ".x.tmp"), new byte[100]);
          throw new IOException("No space left on device");
        });
  }

  @Test
  void aKillBeforeTheManifestIsRenamedLeavesThePreviousOne() throws IOException {
    new Checkpoints(folder).save(progress(7, 1), tensors(3));
    Safetensors.write(folder.resolve("step-00000008.safetensors"), tensors(5), Map.of());
    assertArrayEquals(new float[] {3, 4}, read(new Checkpoints(folder).last().orElseThrow()));
  }

  @Test
  void truncatedTensorsAreRefused() throws IOException {
    Path file = saved();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 3));
    assertRefused("it has " + (bytes.length - 3) + " bytes instead of " + bytes.length);
  }

  @Test
  void changedTensorsAreRefused() throws IOException {
    Path file = saved();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertRefused("its SHA-256 is not the one that last.json records");
  }

  @Test
  void missingTensorsAreRefused() throws IOException {
    Files.delete(saved());
    assertRefused("step-00000007.safetensors is missing");
  }

  @Test
  void aTruncatedManifestIsRefused() throws IOException {
    saved();
    Path manifest = folder.resolve("last.json");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.substring(0, text.length() / 2));
    assertRefused("last.json cannot be used");
  }

  @Test
  void aManifestThatNamesAFileElsewhereIsRefused() throws IOException {
    saved();
    Path manifest = folder.resolve("last.json");
    Files.writeString(
        manifest,
        Files.readString(manifest)
            .replace("step-00000007.safetensors", "../../secret.safetensors"));
    assertRefused("it names a file of tensors '../../secret.safetensors'");
  }

  @Test
  void aForeignManifestIsRefused() throws IOException {
    Files.writeString(folder.resolve("last.json"), "{\"epoch\": 3, \"weights\": \"pytorch.bin\"}");
    assertRefused("last.json cannot be used");
    Files.writeString(folder.resolve("last.json"), "null");
    assertRefused("it holds no progress");
    Files.writeString(folder.resolve("last.json"), "[".repeat(100_000));
    assertRefused("last.json cannot be used");
  }

  @Test
  void aCheckpointOfAnotherVersionIsRefused() throws IOException {
    saved();
    Path manifest = folder.resolve("last.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"version\" : 1", "\"version\" : 2"));
    assertRefused("it is not an auxgrad-checkpoint of version 1");
  }

  private Path saved() {
    new Checkpoints(folder).save(progress(7, 1), tensors(3));
    return folder.resolve("step-00000007.safetensors");
  }

  private void assertRefused(String why) {
    UserException e = assertThrows(UserException.class, () -> new Checkpoints(folder).last());
    assertTrue(e.getMessage().contains(why), e.getMessage());
    assertTrue(e.getMessage().contains("restore it from a copy"), e.getMessage());
  }

  private static Map<String, Tensor> tensors(float first) {
    return Map.of("network.x", Tensor.of(Backends.cpu().memory(), Shape.of(2), first, first + 1));
  }

  private static Progress progress(long step, double loss) {
    LinkedHashMap<String, Double> losses = new LinkedHashMap<>();
    losses.put("depth", loss);
    losses.put("total", Double.NaN);
    EpochRow row = new EpochRow(1, 5, losses, new LinkedHashMap<>(), null);
    return new Progress(step, 1, 2, 2, new RandomState(1, 0, 12345), losses, List.of(row), 0, 0);
  }

  private static float[] read(Checkpoint checkpoint) throws IOException {
    try (var file = Safetensors.open(checkpoint.tensors())) {
      return file.read("network.x", Backends.cpu().memory()).toFloats();
    }
  }
}
