package io.auxgrad.kernels.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetargetingTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"libnvrtc.so.13", "libnvrtc.so.9", "libnvrtc.so.12", "libnvrtc.so.13.0.88.100"})
  void theNativeNeedsTheOtherName(String name) throws IOException {
    byte[] image = Natives.of("JNvrtc");
    Retargeting.rename("JNvrtc", image, "libnvrtc.so.12", name);
    ElfFile elf = new ElfFile(ElfImage.of("JNvrtc", image));
    assertEquals(List.of(name, "libstdc++.so.6", "libc.so.6"), elf.needed());
    ElfVersions.OfLibrary versions =
        elf.neededVersions().libraries().stream()
            .filter(l -> l.name().equals(name))
            .findFirst()
            .orElseThrow();
    assertEquals(List.of(name), versions.nodes().stream().map(ElfVersions.Node::name).toList());
    long hash = elf.image().u32(versions.nodes().getFirst().at());
    assertEquals(Integer.toUnsignedLong(ElfVersions.hash(name)), hash);
    assertEquals(List.of(), elf.entries(ElfFile.RUNPATH));
  }

  @Test
  void nothingElseChanges() throws IOException {
    byte[] before = Natives.of("JNvrtc");
    byte[] after = before.clone();
    Retargeting.rename("JNvrtc", after, "libnvrtc.so.12", "libnvrtc.so.13");
    ElfFile old = new ElfFile(ElfImage.of("JNvrtc", before));
    ElfFile changed = new ElfFile(ElfImage.of("JNvrtc", after));
    assertEquals(old.soname(), changed.soname());
    assertEquals(old.symbols().exports(), changed.symbols().exports());
    assertEquals(old.symbols().imports(), changed.symbols().imports());
    assertEquals(
        old.neededVersions().libraries().stream().skip(1).map(l -> l.nodes().toString()).toList(),
        changed.neededVersions().libraries().stream()
            .skip(1)
            .map(l -> l.nodes().toString())
            .toList());
    int differences = 0;
    for (int i = 0; i < before.length; i++) {
      differences += before[i] == after[i] ? 0 : 1;
    }
    // A string of 15 bytes, three indices of it of at most 3 bytes, a hash of 4, and a tag.
    assertTrue(differences <= 15 + 3 * 3 + 4 + 1, differences + " bytes differ");
  }

  @Test
  void theHashIsThatOfTheSystemVAbi() {
    // As in its book, and as readelf -V shows it of NVIDIA's libraries.
    assertEquals(0x077905a6, ElfVersions.hash("printf"));
    assertEquals(0x0006cf04, ElfVersions.hash("exit"));
    assertEquals(0, ElfVersions.hash(""));
  }

  @Test
  void aNameThatIsNotNeededOrHasNoRoomIsRefused() throws IOException {
    byte[] image = Natives.of("JNvrtc");
    String message =
        assertThrows(
                ElfException.class,
                () -> Retargeting.rename("JNvrtc", image, "libcudnn.so.8", "libcudnn.so.9"))
            .getMessage();
    assertTrue(message.contains("does not need libcudnn.so.8 but libnvrtc.so.12"), message);
    String tooLong = "libnvrtc.so.13.0.88.100.200.300";
    message =
        assertThrows(
                ElfException.class,
                () -> Retargeting.rename("JNvrtc", image, "libnvrtc.so.12", tooLong))
            .getMessage();
    assertTrue(message.contains("no room for " + tooLong), message);
    assertFalse(new ElfFile(ElfImage.of("JNvrtc", image)).needed().contains(tooLong));
  }
}
