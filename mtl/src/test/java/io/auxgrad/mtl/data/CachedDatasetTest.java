package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CachedDatasetTest {
  private static final ImageSize SIZE = new ImageSize(12, 16);

  /** Counts how often it is read. */
  private static final class Counting implements Dataset {
    final Dataset source = Samples.dataset(4, 12, 16);
    final AtomicInteger loads = new AtomicInteger();

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public int size() {
      return source.size();
    }

    @Override
    public Sample load(int index) {
      loads.incrementAndGet();
      return source.load(index);
    }
  }

  @Test
  void loadsOnce() {
    Counting source = new Counting();
    CachedDataset cached = new CachedDataset(source, SIZE, Long.MAX_VALUE);
    cached.load(1);
    cached.load(1);
    cached.load(2);
    assertEquals(2, source.loads.get());
  }

  @Test
  void preparesEachSampleOnceAndOnlyWhatItKeeps() {
    Counting source = new Counting();
    CachedDataset cached = new CachedDataset(source, SIZE, 3 * PackedSample.bytes(SIZE));
    cached.prepare(0, 2, 3);
    assertEquals(2, source.loads.get());
    cached.prepare(2, 1);
    cached.load(0);
    cached.load(2);
    assertEquals(3, source.loads.get());
    Sample prepared = cached.load(1);
    Sample loaded = new CachedDataset(source, SIZE, Long.MAX_VALUE).load(1);
    assertArrayEquals(loaded.rgb(), prepared.rgb());
    assertArrayEquals(loaded.depth(), prepared.depth());
  }

  @Test
  void keepsToItsBudgetWithoutChangingPixels() {
    Counting source = new Counting();
    CachedDataset cached = new CachedDataset(source, SIZE, 2 * PackedSample.bytes(SIZE) + 5);
    assertEquals(2 * PackedSample.bytes(SIZE), cached.fullBytes());
    for (int i = 0; i < 4; i++) {
      Sample first = cached.load(i);
      Sample second = cached.load(i);
      assertArrayEquals(first.normals(), second.normals());
      assertArrayEquals(first.depth(), second.depth());
    }
    assertEquals(2 + 4, source.loads.get());
  }

  @Test
  void givesBackWhatItWasGiven() {
    Sample sample = Samples.random("a", 12, 16, 7);
    Sample back = new PackedSample(sample).unpack();
    assertArrayEquals(sample.rgb(), back.rgb());
    assertArrayEquals(sample.classes(), back.classes());
    assertArrayEquals(sample.depth(), back.depth());
    for (int i = 0; i < sample.classes().length; i++) {
      double dot = 0;
      for (int c = 0; c < 3; c++) {
        dot += (double) sample.normals()[3 * i + c] * back.normals()[3 * i + c];
      }
      boolean valid = i % 9 != 8;
      assertEquals(valid ? 1 : 0, Samples.length(back.normals(), i), 1e-6);
      assertTrue(
          !valid || dot > StrictMath.cos(StrictMath.toRadians(0.01)) - 1e-7, "within 0.01 degrees");
    }
  }

  @Test
  void keepsAxesExactly() {
    float[] axes = {1, 0, 0, 0, 1, 0, 0, 0, 1, -1, 0, 0, 0, -1, 0, 0, 0, -1};
    Sample sample = new Sample("axes", 1, 6, new byte[18], null, null, axes);
    float[] back = new PackedSample(sample).unpack().normals();
    for (int i = 0; i < axes.length; i++) {
      assertEquals(axes[i], back[i] + 0f);
    }
  }

  @Test
  void refusesClassesThatDoNotFit() {
    Sample sample = new Sample("many", 1, 1, new byte[3], new int[] {255}, null, null);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new PackedSample(sample));
    assertTrue(e.getMessage().contains("many has class 255"));
  }
}
