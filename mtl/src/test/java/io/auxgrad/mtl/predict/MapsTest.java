package io.auxgrad.mtl.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.data.Sample;
import io.auxgrad.mtl.predict.Sheet.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MapsTest {
  private static final List<String> NAMES = List.of("wall", "floor", "door");
  private final Sample sample =
      new Sample(
          "two",
          1,
          2,
          new byte[] {10, 20, 30, (byte) 200, (byte) 210, (byte) 220},
          new int[] {2, -1},
          new float[] {1, 5},
          new float[] {0, 0, -1, 0, 0, 0});

  @Test
  void photoIsUnchanged() {
    Picture photo = Maps.photo(sample);
    assertEquals(0x0A141E, photo.at(0, 0));
    assertEquals(0xC8D2DC, photo.at(1, 0));
  }

  @Test
  void classesHaveTheirColours() {
    Picture map = Maps.classes(sample);
    assertEquals(ClassColours.of(2), map.at(0, 0));
    assertEquals(0, map.at(1, 0), "ignored is black");
    Set<Integer> colours = new HashSet<>();
    for (int id = -1; id < 40; id++) {
      assertTrue(colours.add(ClassColours.of(id)), "class " + id + " has a colour of its own");
    }
  }

  @Test
  void nearIsYellowAndFarIsViolet() {
    DepthRange range = DepthRange.of(sample.depth());
    assertEquals(new DepthRange(1, 5), range);
    Picture map = Maps.depth(sample, range);
    assertColour(0xFDE725, map.at(0, 0));
    assertColour(0x440154, map.at(1, 0));
    assertColour(0x21918C, Viridis.colour(0.5));
    assertEquals(0, range.colour(0), "invalid is black");
    assertEquals(0, range.colour(Float.NaN));
    assertEquals(range.colour(5), range.colour(50), "beyond the range is as its end");
  }

  // The published table, which the polynomial follows closely.
  private static void assertColour(int expected, int actual) {
    for (int shift = 0; shift <= 16; shift += 8) {
      assertEquals(
          expected >> shift & 0xFF, actual >> shift & 0xFF, 4, Integer.toHexString(actual));
    }
  }

  @Test
  void depthRangeNeedsValidDepths() {
    assertEquals(
        new DepthRange(2, 3),
        DepthRange.of(new float[] {0, 3}, new float[] {2, Float.POSITIVE_INFINITY}));
    assertEquals(new DepthRange(0, 1), DepthRange.of(new float[] {0}));
  }

  @Test
  void normalsAreColours() {
    Picture map = Maps.normals(sample);
    assertEquals(0x808000, map.at(0, 0));
    assertEquals(0, map.at(1, 0), "invalid is black");
  }

  @Test
  void chartsAreReadableAndExplained() {
    Picture classes = Charts.classes(sample, NAMES);
    assertEquals(320, classes.width());
    assertTrue(classes.height() > 160 + 6, "a legend below");
    assertTrue(
        contains(classes, 170, ClassColours.of(2)), "with the colour of the class that occurs");
    Picture depth = Charts.depth(sample);
    assertEquals(Viridis.colour(1), depth.at(4, 166), "the scale begins near");
    assertEquals(320, Charts.normals(sample).width());
  }

  private static boolean contains(Picture picture, int row, int colour) {
    for (int x = 0; x < picture.width(); x++) {
      if (picture.at(x, row) == colour) {
        return true;
      }
    }
    return false;
  }

  @Test
  void sheetHasAColumnForAllThatIsKnown() {
    Picture full = Sheet.draw(List.of(new Row(sample, sample), new Row(sample, sample)), NAMES);
    assertEquals(4 + 7 * (2 + 4), full.width());
    Sample photo = Sample.unlabelled("photo", new ImageSize(1, 2), new byte[6]);
    Picture predicted = Sheet.draw(List.of(new Row(photo, sample)), NAMES);
    assertEquals(4 + 4 * (2 + 4), predicted.width(), "image and three predictions");
    assertEquals(ClassColours.of(2), predicted.at(4 + 6, 4 + 10));
    assertEquals(
        Viridis.colour(0),
        predicted.at(4 + 12 + 1, 4 + 10),
        "scaled by the prediction's own range");
  }

  @Test
  void sheetRefusesMixedSizes() {
    Sample other = Sample.unlabelled("other", new ImageSize(2, 2), new byte[12]);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Sheet.draw(List.of(new Row(sample, other)), NAMES));
    assertTrue(e.getMessage().contains("other is 2x2"), e.getMessage());
  }
}
