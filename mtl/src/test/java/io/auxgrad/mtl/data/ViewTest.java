package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ViewTest {
  private static final int H = 10;
  private static final int W = 14;
  private static final ColourJitter PLAIN = ColourJitter.NONE;

  private final Sample sample = Samples.random("a", H, W, 3);

  private static HostBatch apply(View view, Sample sample) {
    HostBatch batch = HostBatch.allocate(List.of(sample), sample.size());
    view.write(sample, batch, 0);
    return batch;
  }

  private static View zoom(float scale, float left, float top) {
    return new View(scale, left, top, false, PLAIN);
  }

  @Test
  void wholeIsTheSampleItself() {
    HostBatch batch = apply(View.WHOLE, sample);
    assertArrayEquals(sample.classes(), batch.classes());
    assertArrayEquals(sample.depth(), batch.depth());
    assertArrayEquals(sample.normals(), batch.normals());
    for (int i = 0; i < 3 * H * W; i++) {
      assertEquals(Normalization.apply(sample.rgb()[i] & 0xFF, i % 3), batch.images()[i]);
    }
    for (int i = 0; i < H * W; i++) {
      assertEquals(sample.depth()[i] > 0 ? 1 : 0, batch.depthMask()[i]);
      assertEquals(i % 9 == 8 ? 0 : 1, batch.normalsMask()[i]);
    }
  }

  @Test
  void flipMirrorsAndNegatesTheNormalsX() {
    HostBatch batch = apply(new View(1, 0, 0, true, PLAIN), sample);
    for (int y = 0; y < H; y++) {
      for (int x = 0; x < W; x++) {
        int target = y * W + x;
        int source = y * W + W - 1 - x;
        assertEquals(sample.classes()[source], batch.classes()[target]);
        assertEquals(sample.depth()[source], batch.depth()[target]);
        assertEquals(-sample.normals()[3 * source] + 0f, batch.normals()[3 * target] + 0f);
        assertEquals(sample.normals()[3 * source + 1], batch.normals()[3 * target + 1]);
        assertEquals(sample.normals()[3 * source + 2], batch.normals()[3 * target + 2]);
        assertEquals(
            Normalization.apply(sample.rgb()[3 * source + 1] & 0xFF, 1),
            batch.images()[3 * target + 1]);
      }
    }
  }

  @Test
  void flipTwiceIsTheSample() {
    View flip = new View(1, 0, 0, true, PLAIN);
    HostBatch once = apply(flip, sample);
    byte[] mirrored = new byte[3 * H * W];
    for (int i = 0; i < mirrored.length; i++) {
      int c = i % 3;
      float value = (once.images()[i] * Normalization.deviation(c) + Normalization.mean(c)) * 255;
      mirrored[i] = (byte) Math.round(value);
    }
    HostBatch twice =
        apply(flip, new Sample("b", H, W, mirrored, once.classes(), once.depth(), once.normals()));
    HostBatch whole = apply(View.WHOLE, sample);
    assertArrayEquals(whole.images(), twice.images());
    assertArrayEquals(whole.classes(), twice.classes());
    assertArrayEquals(whole.depth(), twice.depth());
    for (int i = 0; i < whole.normals().length; i++) {
      assertEquals(whole.normals()[i] + 0f, twice.normals()[i] + 0f);
    }
  }

  @Test
  void zoomDividesDepthAndTurnsNormalsWithIt() {
    HostBatch batch = apply(zoom(2, 0, 0), sample);
    for (int y = 0; y < H; y++) {
      for (int x = 0; x < W; x++) {
        int source = y / 2 * W + x / 2;
        int target = y * W + x;
        assertEquals(sample.classes()[source], batch.classes()[target]);
        assertEquals(sample.depth()[source] / 2, batch.depth()[target]);
        if (batch.normalsMask()[target] == 1) {
          float ratio = sample.normals()[3 * source + 2] / sample.normals()[3 * source];
          assertEquals(
              2 * ratio,
              batch.normals()[3 * target + 2] / batch.normals()[3 * target],
              1e-3 * Math.abs(ratio));
          assertEquals(1, Samples.length(batch.normals(), target), 1e-6);
        }
      }
    }
  }

  /** A plane seen through a zoom is a plane again, and its new normal fits its new depth. */
  @Test
  void zoomedNormalsFitTheZoomedDepth() {
    int size = 32;
    double[] n = {0.48, -0.6, -0.64};
    float[] depth = new float[size * size];
    float[] normals = new float[3 * size * size];
    for (int i = 0; i < depth.length; i++) {
      double u = (i % size + 0.5 - size / 2.0) / size;
      double v = (Math.floorDiv(i, size) + 0.5 - size / 2.0) / size;
      depth[i] = (float) (-2 / (n[0] * u + n[1] * v + n[2]));
      for (int c = 0; c < 3; c++) {
        normals[3 * i + c] = (float) n[c];
      }
    }
    Sample plane = new Sample("plane", size, size, new byte[3 * size * size], null, depth, normals);
    HostBatch batch = apply(zoom(2, 0.5f, 0.5f), plane);
    // Each second pixel: nearest sampling shows every source pixel twice.
    for (int i = 2 * size; i < size * (size - 4); i += 2) {
      if (i % size < size - 4) {
        double[] dx = difference(batch.depth(), size, i, i + 2);
        double[] dy = difference(batch.depth(), size, i, i + 2 * size);
        for (double[] tangent : List.of(dx, dy)) {
          double dot = 0;
          double norm = 0;
          for (int c = 0; c < 3; c++) {
            dot += tangent[c] * batch.normals()[3 * i + c];
            norm += tangent[c] * tangent[c];
          }
          assertEquals(0, dot / Math.sqrt(norm), 0.02, "the normal stands on the surface");
        }
      }
    }
  }

  private static double[] difference(float[] depth, int size, int from, int to) {
    double[] result = new double[3];
    for (int sign = -1; sign <= 1; sign += 2) {
      int pixel = sign < 0 ? from : to;
      // Shown twice: the middle of the two is the source pixel's centre.
      double u = (pixel % size / 2 * 2 + 1 - size / 2.0) / size;
      double v = (pixel / size / 2 * 2 + 1 - size / 2.0) / size;
      result[0] += sign * depth[pixel] * u;
      result[1] += sign * depth[pixel] * v;
      result[2] += sign * depth[pixel];
    }
    return result;
  }

  @Test
  void cropsWhereItIsTold() {
    HostBatch batch = apply(zoom(2, 1, 1), sample);
    assertEquals(sample.classes()[H * W - 1], batch.classes()[H * W - 1]);
    assertEquals(sample.classes()[H / 2 * W + W / 2], batch.classes()[0]);
  }

  @Test
  void shrinkingLeavesAnUnlabelledRim() {
    HostBatch batch = apply(zoom(0.5f, 0, 0), sample);
    assertEquals(-1, batch.classes()[H * W - 1]);
    assertEquals(0, batch.depthMask()[H * W - 1]);
    assertEquals(0, batch.normalsMask()[H * W - 1]);
    assertEquals(0, batch.images()[3 * H * W - 1], "the mean colour");
    assertEquals(sample.classes()[W + 1], batch.classes()[0]);
    assertEquals(2 * sample.depth()[W + 1], batch.depth()[0]);
  }

  @Test
  void bilinearBetweenPixels() {
    byte[] rgb = {0, 0, 0, 100, 100, 100, (byte) 200, (byte) 200, (byte) 200};
    Sample ramp = Sample.unlabelled("ramp", new ImageSize(1, 3), rgb);
    HostBatch batch = apply(zoom(1.5f, 0.5f, 0), ramp);
    // Centres at 0.5 + (x + 0.5) / 1.5 = 0.8333, 1.5, 2.1667 of the source.
    assertEquals(Normalization.apply(33.333f, 0), batch.images()[0], 1e-4);
    assertEquals(Normalization.apply(100, 0), batch.images()[3], 1e-4);
    assertEquals(Normalization.apply(166.667f, 0), batch.images()[6], 1e-4);
  }

  @Test
  void jitterChangesColoursAsNamed() {
    Sample one =
        Sample.unlabelled("one", new ImageSize(1, 2), new byte[] {100, 60, 20, 50, 50, 50});
    assertPixel(one, new ColourJitter(1.2f, 1, 1, 0), 120, 72, 24);
    float gray = 0.299f * 100 + 0.587f * 60 + 0.114f * 20;
    float mean = (gray + 50) / 2;
    assertPixel(one, new ColourJitter(1, 0.5f, 1, 0), 50 + mean / 2, 30 + mean / 2, 10 + mean / 2);
    assertPixel(one, new ColourJitter(1, 1, 0, 0), gray, gray, gray);
    assertPixel(one, new ColourJitter(9, 1, 1, 0), 255, 255, 180);
    // A third of a turn moves each channel's part to its neighbour, to YIQ's approximation.
    HostBatch turned = apply(new View(1, 0, 0, false, new ColourJitter(1, 1, 1, 1 / 3f)), one);
    assertTrue(
        pixel(turned, 0) < pixel(turned, 2) || pixel(turned, 0) < pixel(turned, 1),
        "red is red no longer");
    float turnedGray =
        0.299f * pixel(turned, 0) + 0.587f * pixel(turned, 1) + 0.114f * pixel(turned, 2);
    assertEquals(gray, turnedGray, 1, "hue keeps the gray value");
  }

  private static void assertPixel(Sample sample, ColourJitter jitter, float r, float g, float b) {
    HostBatch batch = apply(new View(1, 0, 0, false, jitter), sample);
    assertEquals(r, pixel(batch, 0), 0.01);
    assertEquals(g, pixel(batch, 1), 0.01);
    assertEquals(b, pixel(batch, 2), 0.01);
  }

  private static float pixel(HostBatch batch, int c) {
    return (batch.images()[c] * Normalization.deviation(c) + Normalization.mean(c)) * 255;
  }

  @Test
  void drawsDependOnSeedEpochAndIndexAlone() {
    Augmentation standard = Augmentation.standard();
    assertEquals(standard.draw(5, 2, 9), standard.draw(5, 2, 9));
    assertNotEquals(standard.draw(5, 2, 9), standard.draw(6, 2, 9));
    assertNotEquals(standard.draw(5, 2, 9), standard.draw(5, 3, 9));
    assertNotEquals(standard.draw(5, 2, 9), standard.draw(5, 2, 10));
    assertEquals(View.WHOLE.scale(), Augmentation.none().draw(1, 1, 1).scale());
    assertEquals(PLAIN, Augmentation.none().draw(1, 1, 1).colours());
  }

  @Test
  void drawsStayInTheirRanges() {
    int flips = 0;
    for (int i = 0; i < 1000; i++) {
      View view = Augmentation.standard().draw(1, 0, i);
      assertTrue(view.scale() >= 1 && view.scale() <= 1.5f);
      assertTrue(view.left() >= 0 && view.left() < 1 && view.top() >= 0 && view.top() < 1);
      assertTrue(Math.abs(view.colours().hue()) <= 0.03f);
      assertTrue(Math.abs(view.colours().brightness() - 1) <= 0.25f);
      flips += view.flip() ? 1 : 0;
    }
    assertEquals(500, flips, 60);
  }

  @Test
  void refusesSenselessRanges() {
    assertThrows(IllegalArgumentException.class, () -> new Augmentation(2, 1, 0, 0, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Augmentation(1, 1, 2, 0, 0, 0, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Augmentation(1, 1, 0, Float.NaN, 0, 0, 0));
  }
}
