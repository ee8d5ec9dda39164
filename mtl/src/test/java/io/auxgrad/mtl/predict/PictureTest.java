package io.auxgrad.mtl.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.UserException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureTest {
  @TempDir Path dir;

  @Test
  void writesWhatWasDrawn() throws IOException {
    Picture picture = new Picture(5, 3, 0x102030);
    picture.fill(1, 1, 2, 9, 0xFF8000);
    Path file = dir.resolve("p.png");
    picture.write(file);
    BufferedImage back = ImageIO.read(file.toFile());
    assertEquals(5, back.getWidth());
    assertEquals(3, back.getHeight());
    assertEquals(0x102030, back.getRGB(0, 0) & 0xFFFFFF);
    assertEquals(0xFF8000, back.getRGB(2, 2) & 0xFFFFFF);
    try (var files = Files.list(dir)) {
      assertEquals(1, files.count(), "nothing temporary stays");
    }
  }

  @Test
  void saysWhatCannotBeWritten() {
    Path file = dir.resolve("absent/p.png");
    UserException e = assertThrows(UserException.class, () -> new Picture(1, 1, 0).write(file));
    assertTrue(e.getMessage().contains("absent/p.png"), e.getMessage());
  }

  @Test
  void drawsEnlarged() {
    Picture small = new Picture(2, 1, 0);
    small.set(1, 0, 7);
    Picture large = new Picture(6, 3, 9);
    large.draw(small, 1, 0, 2);
    assertEquals(9, large.at(0, 0));
    assertEquals(0, large.at(2, 1));
    assertEquals(7, large.at(3, 0));
    assertEquals(7, large.at(4, 1));
    assertEquals(9, large.at(4, 2));
  }

  @Test
  void eachCharacterLooksDifferent() {
    Set<String> shapes = new HashSet<>();
    for (char c = ' '; c <= '~'; c++) {
      assertTrue(shapes.add(shape(String.valueOf(c))), "'" + c + "' looks like another");
    }
    assertFalse(shape("A").isBlank());
    assertEquals(shape("?"), shape("\u00e4"), "no character is left out");
    assertTrue(shape(" ").isBlank());
  }

  private static String shape(String text) {
    Picture picture = new Picture(6, 8, ' ');
    picture.text(text, 0, 0, 1, '#');
    StringBuilder shape = new StringBuilder();
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 6; x++) {
        shape.append((char) picture.at(x, y));
      }
    }
    return shape.toString();
  }
}
