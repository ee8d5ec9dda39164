package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Nyuv2Test {
  @TempDir Path dir;
  private Nyuv2Folder folder;

  @BeforeEach
  void write() {
    folder = new Nyuv2Folder(dir);
  }

  @Test
  void readsTheLists() {
    Splits splits = Nyuv2.open(dir, 13);
    assertEquals(2, splits.train().size());
    assertEquals("b", splits.train().id(1));
    assertEquals("nyuv2/val", splits.validation().name());
    assertEquals(1, splits.test().size(), "blank lines do not count");
  }

  @Test
  void shiftsTheClassesAndIgnoresVoid() {
    Splits fine = Nyuv2.open(dir, 39);
    assertEquals(39, fine.classes().size());
    assertEquals("fine39", fine.classes().getLast());
    int[] classes = fine.train().load(0).classes();
    assertArrayEquals(new int[] {-1, 0, 1, 2, 3, 4, 5, 6}, java.util.Arrays.copyOf(classes, 8));
    Splits coarse = Nyuv2.open(dir, 13);
    assertEquals("coarse13", coarse.classes().getLast());
    classes = coarse.train().load(0).classes();
    assertArrayEquals(new int[] {-1, 0, 0, 0, 1, 1, 1, 2}, java.util.Arrays.copyOf(classes, 8));
  }

  @Test
  void id40IsVoidAmong39Classes() {
    folder.label("a", Nyuv2Folder.WIDTH, Nyuv2Folder.HEIGHT, 33);
    assertEquals(-1, Nyuv2.open(dir, 39).train().load(0).classes()[7]);
    assertEquals(6, Nyuv2.open(dir, 13).train().load(0).classes()[7]);
  }

  @Test
  void readsMillimetresExactly() {
    Sample sample = Nyuv2.open(dir, 13).train().load(0);
    assertEquals(1f, sample.depth()[3]);
    assertEquals(6f, sample.depth()[5 * Nyuv2Folder.WIDTH]);
    folder.depth("a", Nyuv2Folder.WIDTH, Nyuv2Folder.HEIGHT, 10_001);
    sample = Nyuv2.open(dir, 13).train().load(0);
    assertEquals(60.006f, sample.depth()[5 * Nyuv2Folder.WIDTH], "more than 15 bits");
  }

  @Test
  void putsCoarseNormalsAtTwiceTheirPlace() {
    Sample sample = Nyuv2.open(dir, 13).train().load(0);
    float[] normals = sample.normals();
    for (int x = 0; x < Nyuv2Folder.WIDTH; x++) {
      float[] expected = x / 2 == 1 ? new float[] {-1, 0, 0} : new float[] {0, 0, -1};
      assertArrayEquals(
          expected, java.util.Arrays.copyOfRange(normals, 3 * x, 3 * x + 3), "column " + x);
    }
  }

  @Test
  void readsThePhoto() {
    Sample sample = Nyuv2.open(dir, 13).train().load(0);
    assertEquals(new ImageSize(Nyuv2Folder.HEIGHT, Nyuv2Folder.WIDTH), sample.size());
    assertEquals(0x80, sample.rgb()[0] & 0xFF, 6);
    assertEquals(0x40, sample.rgb()[1] & 0xFF, 6);
    assertEquals(0x20, sample.rgb()[2] & 0xFF, 6);
  }

  @Test
  void keepsTheLabelsOfEvenPixelsAtHalfTheSize() {
    Splits half = Nyuv2.open(dir, 39).cached(new ImageSize(3, 4));
    Sample first = half.train().load(0);
    assertArrayEquals(new int[] {-1, 1, 3, 5}, java.util.Arrays.copyOf(first.classes(), 4));
    assertEquals(3f, first.depth()[4]);
    assertEquals(-1f, first.normals()[3]);
    assertArrayEquals(first.normals(), half.train().load(0).normals());
  }
}
