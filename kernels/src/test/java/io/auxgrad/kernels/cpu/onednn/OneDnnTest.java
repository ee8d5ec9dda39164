package io.auxgrad.kernels.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneDnnTest {
  @TempDir Path cache;

  @Test
  void saysVersionAndInstructionSet() {
    assertTrue(
        OneDnn.get().describe().matches("oneDNN 3\\.\\d+\\.\\d+, .+"), OneDnn.get().describe());
  }

  @Test
  void aPlatformWithoutLibraryIsToldWhatToAdd() {
    var unpacker = new Unpacker(new Platform("plan9-mips", List.of("libdnnl.so"), cache));
    var e = assertThrows(OneDnnException.class, unpacker::unpack);
    assertTrue(
        e.getMessage().contains("org.bytedeco:dnnl with the classifier plan9-mips"),
        e.getMessage());
  }

  @Test
  void aDamagedCopyIsReplacedAndAGoodOneKept() throws IOException {
    Platform here = Platform.current();
    var unpacker =
        new Unpacker(new Platform(here.name(), List.of(here.libraries().getFirst()), cache));
    Path file = unpacker.unpack().getFirst();
    long size = Files.size(file);
    Files.write(file, new byte[] {1, 2, 3});
    assertEquals(file, unpacker.unpack().getFirst());
    assertEquals(size, Files.size(file));
    var written = Files.getLastModifiedTime(file);
    unpacker.unpack();
    assertEquals(written, Files.getLastModifiedTime(file));
    try (var files = Files.list(file.getParent())) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aRefusedCallNamesTheFunctionAndTheReason() {
    OneDnn.get();
    var e =
        assertThrows(
            OneDnnException.class,
            () -> MemoryDesc.strided(DType.FLOAT32, new long[] {-5, 2}, 2, 1));
    assertEquals("dnnl_memory_desc_create_with_strides failed: invalid arguments", e.getMessage());
  }
}
