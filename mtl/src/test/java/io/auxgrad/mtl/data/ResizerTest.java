package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class ResizerTest {
  @Test
  void nearestTakesTheLowerOfTwo() {
    assertArrayEquals(new int[] {0, 2, 4, 6}, Resizer.nearest(8, 4));
    assertArrayEquals(new int[] {1, 5}, Resizer.nearest(8, 2));
    assertArrayEquals(new int[] {0, 0, 1, 1}, Resizer.nearest(2, 4));
    assertArrayEquals(new int[] {0, 1, 2}, Resizer.nearest(3, 3));
    assertArrayEquals(new int[] {1, 4}, Resizer.nearest(6, 2));
    assertArrayEquals(new int[] {0}, Resizer.nearest(1, 1));
  }

  @Test
  void sameSizeIsTheSameSample() {
    Sample sample = Samples.random("a", 4, 6, 1);
    assertSame(sample, Resizer.resize(sample, sample.size()));
  }

  @Test
  void averagesFinePatternsAway() {
    ImageSize from = new ImageSize(16, 16);
    byte[] rgb = new byte[3 * from.pixels()];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) ((i / 3 + i / 48) % 2 == 0 ? 0 : 200);
    }
    byte[] small = Resizer.resizeRgb(rgb, from, new ImageSize(8, 8));
    for (byte value : small) {
      assertEquals(100, value & 0xFF, 8, "a one-pixel chequer at half the size is gray");
    }
  }

  @Test
  void keepsLinearRamps() {
    ImageSize from = new ImageSize(4, 32);
    byte[] rgb = new byte[3 * from.pixels()];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 % 32 * 8);
    }
    byte[] half = Resizer.resizeRgb(rgb, from, new ImageSize(4, 16));
    byte[] twice = Resizer.resizeRgb(rgb, from, new ImageSize(4, 64));
    for (int x = 1; x < 15; x++) {
      assertEquals(16 * x + 4, half[3 * x] & 0xFF, 0.51);
    }
    for (int x = 1; x < 63; x++) {
      assertEquals(4 * x - 2, twice[3 * x] & 0xFF, 0.51);
    }
  }

  @Test
  void keepsConstantsExactly() {
    ImageSize from = new ImageSize(7, 13);
    byte[] rgb = new byte[3 * from.pixels()];
    java.util.Arrays.fill(rgb, (byte) 255);
    for (byte value : Resizer.resizeRgb(rgb, from, new ImageSize(5, 9))) {
      assertEquals(255, value & 0xFF);
    }
  }
}
