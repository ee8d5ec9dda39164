package io.auxgrad.kernels.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {
  @TempDir private Path folder;

  @Test
  void tellsWhatALibrarySaysOfItself() {
    ElfFile elf = read(TinyLibrary.of("libcublas.so.13", "cublasCreate_v2", "cublasGemmEx"));
    assertEquals(Optional.of("libcublas.so.13"), elf.soname());
    assertEquals(List.of(), elf.needed());
    assertEquals(Set.of("cublasCreate_v2", "cublasGemmEx"), elf.symbols().exports());
    assertEquals(Set.of(), elf.symbols().imports());
  }

  @Test
  void readsTheNativesOfJCuda() throws IOException {
    // As nm -D and readelf -d tell it.
    ElfFile nvrtc = read(Natives.of("JNvrtc"));
    assertEquals(Optional.of("libJNvrtc-12.6.0-linux-x86_64.so"), nvrtc.soname());
    assertEquals(List.of("libnvrtc.so.12", "libstdc++.so.6", "libc.so.6"), nvrtc.needed());
    assertEquals(21, Binding.NVRTC.functions().size());
    assertEquals(312, Binding.DRIVER.functions().size());
    assertEquals(494, Binding.CUBLAS.functions().size());
    assertEquals(260, Binding.CUDNN.functions().size());
    assertTrue(nvrtc.symbols().exports().contains("Java_jcuda_nvrtc_JNvrtc_nvrtcVersionNative"));
  }

  @Test
  void readsAFileWithoutLoadingIt() throws IOException {
    Path file = Files.write(folder.resolve("libx.so"), TinyLibrary.of("libx.so.1", "f"));
    assertEquals(
        Optional.of("libx.so.1"), ElfImage.read(file, image -> new ElfFile(image).soname()));
    assertEquals(Set.of("f"), ElfImage.read(file, image -> new ElfFile(image).symbols().exports()));
  }

  /** Package managers write over files that somebody reads. */
  @Test
  void aFileThatBecomesShorterIsAnError() throws IOException {
    Path file = Files.write(folder.resolve("libx.so"), new byte[1 << 16]);
    IOException e = assertThrows(IOException.class, () -> ElfImage.read(file, this::truncated));
    assertEquals("it changed while it was read", e.getMessage());
  }

  private long truncated(ElfImage image) {
    try {
      Files.write(Path.of(image.name()), new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long sum = 0;
    for (long at = 0; at + 8 <= image.size(); at += 8) {
      sum += image.u64(at);
    }
    return sum;
  }

  /** As many sections as a header can name, each of them the whole file. */
  @Test
  void sectionsThatRepeatAreReadOnce() {
    byte[] large = new byte[16 << 20];
    Arrays.fill(large, (byte) 1);
    byte[] header = TinyLibrary.of("a", "b");
    System.arraycopy(header, 0, large, 0, 64);
    ByteBuffer b = ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN);
    b.putShort(54, (short) 0).putShort(56, (short) 0xffff);
    b.putInt(64, 2).putLong(64 + 8, 128).putLong(64 + 32, large.length - 128L);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60), () -> assertFails(large, "it lacks a string table"));
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    assertFails(new byte[0], "it is empty");
    assertFails("#!/bin/sh".getBytes(java.nio.charset.StandardCharsets.US_ASCII), "no ELF file");
    assertFails(Arrays.copyOf(TinyLibrary.of("a", "b"), 70), "it ends at byte 70");
    byte[] otherProcessor = TinyLibrary.of("a", "b");
    otherProcessor[18] = (byte) 183;
    assertFails(otherProcessor, "not for 64-bit x86");
    byte[] noDynamic = TinyLibrary.of("a", "b");
    noDynamic[64 + 56] = 4;
    assertFails(noDynamic, "no dynamic section");
  }

  private static void assertFails(byte[] bytes, String reason) {
    ElfException e = assertThrows(ElfException.class, () -> read(bytes).symbols());
    assertTrue(e.getMessage().startsWith("libx.so is not a sound library: "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @Test
  void aFileThatIsCutOffIsOneClearError() throws IOException {
    byte[] whole = Natives.of("JNvrtc");
    int sound = 0;
    for (int length = 0; length < whole.length; length += 97) {
      if (isSound(Arrays.copyOf(whole, length))) {
        sound++;
      }
    }
    assertTrue(sound > 0 && sound < whole.length / 97, sound + " lengths were taken for sound");
  }

  @Test
  void flippedBytesAreTakenOrAreOneClearError() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] whole = Natives.of("JNvrtc");
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int round = 0; round < 2000; round++) {
            byte[] damaged = whole.clone();
            // What is read lies in the first quarter of the file and at its end.
            int range = round % 2 == 0 ? 1024 : whole.length;
            for (int i = 0; i < 8; i++) {
              damaged[random.nextInt(range)] = (byte) random.nextInt();
            }
            isSound(damaged);
          }
        },
        "seed " + seed);
  }

  // Everything but an ElfException is a failure of the test.
  private static boolean isSound(byte[] bytes) {
    try {
      ElfFile elf = read(bytes);
      elf.soname();
      elf.needed();
      elf.symbols();
      elf.neededVersions();
      Retargeting.rename("libx.so", bytes, "libnvrtc.so.12", "libnvrtc.so.13");
      return true;
    } catch (ElfException e) {
      assertTrue(e.getMessage().startsWith("libx.so is not a sound library: "), e.getMessage());
      return false;
    }
  }

  private static ElfFile read(byte[] bytes) {
    return new ElfFile(ElfImage.of("libx.so", bytes));
  }
}
