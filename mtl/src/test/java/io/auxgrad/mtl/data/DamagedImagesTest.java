package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.UserException;
import io.auxgrad.tensor.Philox;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file holds, reading it ends with an image or with a message for the user. */
class DamagedImagesTest {
  private static final int TRIALS = 200;

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void endsWithAnImageOrAMessage(String format) throws IOException {
    Path file = dir.resolve("image." + format);
    BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_3BYTE_BGR);
    image.setRGB(4, 3, 0xFF8040);
    Nyuv2Folder.write(image, format, file);
    byte[] whole = Files.readAllBytes(file);
    Philox random = new Philox(17, format.hashCode());
    for (int trial = 0; trial < TRIALS; trial++) {
      Files.write(file, damaged(whole, random));
      try {
        ImageFiles.readPhoto(file);
      } catch (UserException e) {
        // what is wanted; anything else fails the test
      } catch (RuntimeException | Error e) {
        throw new AssertionError("trial " + trial + " of " + format + " ended with " + e, e);
      }
    }
  }

  @Test
  void refusesAHeaderThatAsksForAllMemory() throws IOException {
    Path file = dir.resolve("huge.png");
    Nyuv2Folder.write(new BufferedImage(9, 7, BufferedImage.TYPE_3BYTE_BGR), "png", file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[17] = (byte) 0xFF; // the width stands at 16..19, the highest byte first
    Files.write(file, bytes);
    UserException e = assertThrows(UserException.class, () -> ImageFiles.readPhoto(file));
    assertTrue(e.getMessage().contains("huge.png claims to be 7x16711689"), e.getMessage());
  }

  private static byte[] damaged(byte[] whole, Philox random) {
    byte[] bytes = whole.clone();
    if (random.nextInt(3) == 0) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
