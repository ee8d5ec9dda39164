package io.auxgrad.mtl.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.Sample;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.tensor.Philox;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RenderedRoomsTest {
  private static final int H = 48;
  private static final int W = 64;
  private final Splits rooms = RenderedRooms.splits(7, H, W, 200, 20, 20);

  @Test
  void sameBytesEverywhere() throws NoSuchAlgorithmException {
    Sample sample = rooms.train().load(3);
    assertEquals(
        "164f824cacd0f68c25c75f4c7c6703e4b7998d260e3be304090b2fee36bd389f", sha256(sample));
  }

  private static String sha256(Sample sample) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(sample.rgb());
    ByteBuffer labels = ByteBuffer.allocate(4 * (H * W + H * W + 3 * H * W));
    Arrays.stream(sample.classes()).forEach(labels::putInt);
    for (float depth : sample.depth()) {
      labels.putFloat(depth);
    }
    for (float normal : sample.normals()) {
      labels.putFloat(normal);
    }
    return HexFormat.of().formatHex(digest.digest(labels.array()));
  }

  @Test
  void threadsDoNotMatter() {
    byte[][] one =
        IntStream.range(0, 8).mapToObj(i -> rooms.train().load(i).rgb()).toArray(byte[][]::new);
    byte[][] many =
        IntStream.range(0, 8)
            .parallel()
            .mapToObj(i -> rooms.train().load(i).rgb())
            .toArray(byte[][]::new);
    assertArrayEquals(one, many);
  }

  @Test
  void imagesDifferBySeedIndexAndSplitOnly() {
    byte[] image = rooms.train().load(0).rgb();
    assertArrayEquals(image, RenderedRooms.splits(7, H, W, 1, 1, 1).train().load(0).rgb());
    assertFalse(Arrays.equals(image, rooms.train().load(1).rgb()));
    assertFalse(Arrays.equals(image, rooms.validation().load(0).rgb()));
    assertFalse(Arrays.equals(image, rooms.test().load(0).rgb()));
    assertFalse(Arrays.equals(image, RenderedRooms.splits(8, H, W, 1, 1, 1).train().load(0).rgb()));
    assertEquals("train-00012", rooms.train().id(12));
  }

  @Test
  void allClassesOccurAndNoneIsNearlyEverything() {
    assertEquals(13, rooms.classes().size());
    long[] count = new long[13];
    BitSet seen = new BitSet();
    for (int i = 0; i < 100; i++) {
      for (int id : rooms.train().load(i).classes()) {
        count[id]++;
        seen.set(id);
      }
    }
    assertEquals(13, seen.cardinality());
    for (int id = 0; id < 13; id++) {
      double share = count[id] / (100.0 * H * W);
      assertTrue(
          share > 0.004 && share < 0.5, rooms.classes().get(id) + " has a share of " + share);
    }
  }

  /** The point's ray and its normal look against each other, and distances are those of a room. */
  @Test
  void everyPixelHasItsGeometry() {
    for (int n = 0; n < 30; n++) {
      Sample sample = rooms.train().load(n);
      for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
          int i = y * W + x;
          assertTrue(
              sample.depth()[i] > 0.2 && sample.depth()[i] < 9, "depth " + sample.depth()[i]);
          double[] ray = ray(x, y);
          double towards = 0;
          double length = 0;
          for (int c = 0; c < 3; c++) {
            towards += ray[c] * sample.normals()[3 * i + c];
            length += sample.normals()[3 * i + c] * sample.normals()[3 * i + c];
          }
          assertEquals(1, length, 1e-5);
          assertTrue(
              towards < 1e-6, "normal of pixel (%d,%d) of image %d looks away".formatted(x, y, n));
        }
      }
    }
  }

  /** Neighbours on the same flat surface lie on a plane at right angles to their normal. */
  @Test
  void normalsFitTheDepth() {
    long flat = 0;
    for (int n = 0; n < 30; n++) {
      Scene scene = RoomDesigner.design(new Philox(21, n));
      int[] surface = new Geometry(scene, H, W).surface;
      Sample sample = Renderer.render("room", scene, H, W);
      for (int y = 0; y < H; y++) {
        for (int x = 0; x + 1 < W; x++) {
          int i = y * W + x;
          if (surface[i] == surface[i + 1] && sameNormal(sample, i, i + 1)) {
            flat++;
            assertEquals(
                0, planeDistance(sample, x, y, i), 1e-5, "pixel (%d,%d) of %d".formatted(x, y, n));
          }
        }
      }
    }
    assertTrue(flat > 30 * H * W / 2, "most neighbours share a plane: " + flat);
  }

  private static boolean sameNormal(Sample sample, int i, int j) {
    double distance = 0;
    for (int c = 0; c < 3; c++) {
      distance += Math.abs(sample.normals()[3 * i + c] - sample.normals()[3 * j + c]);
    }
    return distance < 1e-6;
  }

  private static double planeDistance(Sample sample, int x, int y, int i) {
    double distance = 0;
    for (int c = 0; c < 3; c++) {
      double here = sample.depth()[i] * ray(x, y)[c];
      double there = sample.depth()[i + 1] * ray(x + 1, y)[c];
      distance += sample.normals()[3 * i + c] * (there - here);
    }
    return distance;
  }

  private static double[] ray(int x, int y) {
    double step = 1 / (Camera.KINECT * W);
    return new double[] {(x + 0.5 - W / 2.0) * step, (y + 0.5 - H / 2.0) * step, 1};
  }

  /** At three times the size the middle one of three pixels looks the same way. */
  @Test
  void largerImagesShowTheSameRoom() {
    Dataset large = RenderedRooms.splits(7, 3 * H, 3 * W, 5, 1, 1).train();
    for (int n = 0; n < 5; n++) {
      Sample small = rooms.train().load(n);
      Sample big = large.load(n);
      int equal = 0;
      for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
          int same = (3 * y + 1) * 3 * W + 3 * x + 1;
          equal += Math.abs(small.depth()[y * W + x] - big.depth()[same]) < 1e-4 ? 1 : 0;
        }
      }
      assertTrue(equal > 0.999 * H * W, "image " + n + ": " + equal + " depths agree");
    }
  }

  @Test
  void imagesHaveLightAndColour() {
    for (int n = 0; n < 30; n++) {
      byte[] rgb = rooms.train().load(n).rgb();
      double mean = IntStream.range(0, rgb.length).map(i -> rgb[i] & 0xFF).average().orElseThrow();
      assertTrue(mean > 60 && mean < 215, "mean brightness of image " + n + " is " + mean);
    }
  }
}
