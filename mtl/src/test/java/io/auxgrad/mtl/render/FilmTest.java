package io.auxgrad.mtl.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FilmTest {
  private static float[] gray(int pixels, float value) {
    float[] light = new float[3 * pixels];
    Arrays.fill(light, value);
    return light;
  }

  @Test
  void exposureMakesUpForTheLight() {
    Film film = new Film(0.4, Colour.WHITE, 0, 0, 1);
    byte dim = film.develop(gray(4, 0.01f), 2, 2)[0];
    byte bright = film.develop(gray(4, 2), 2, 2)[0];
    assertEquals(dim & 0xFF, bright & 0xFF, 1);
  }

  @Test
  void moreLightIsBrighter() {
    float[] light = new float[3 * 16];
    for (int i = 0; i < light.length; i++) {
      light[i] = Math.floorDiv(i, 3);
    }
    byte[] rgb = new Film(0.5, Colour.WHITE, 0, 0, 1).develop(light, 1, 16);
    for (int i = 1; i < 16; i++) {
      assertTrue((rgb[3 * i] & 0xFF) > (rgb[3 * i - 3] & 0xFF));
    }
    assertEquals(0, rgb[0]);
  }

  @Test
  void vignetteDarkensTheCorners() {
    byte[] rgb = new Film(0.4, Colour.WHITE, 0.5, 0, 1).develop(gray(81, 1), 9, 9);
    assertTrue((rgb[0] & 0xFF) < (rgb[3 * 40] & 0xFF) - 20);
  }

  @Test
  void noiseDependsOnTheSeed() {
    byte[] one = new Film(0.4, Colour.WHITE, 0, 5, 1).develop(gray(100, 1), 10, 10);
    byte[] same = new Film(0.4, Colour.WHITE, 0, 5, 1).develop(gray(100, 1), 10, 10);
    byte[] other = new Film(0.4, Colour.WHITE, 0, 5, 2).develop(gray(100, 1), 10, 10);
    assertEquals(Arrays.hashCode(one), Arrays.hashCode(same));
    assertNotEquals(Arrays.hashCode(one), Arrays.hashCode(other));
  }

  @Test
  void hsvIsWhatPaintersSay() {
    assertEquals(new Colour(1, 0, 0), Colour.hsv(0, 1, 1));
    assertEquals(new Colour(0, 1, 0), Colour.hsv(1 / 3.0, 1, 1));
    assertEquals(Colour.WHITE, Colour.hsv(0.4, 0, 1));
  }
}
