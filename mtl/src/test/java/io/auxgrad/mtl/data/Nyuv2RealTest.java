package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Reads the real images where the property {@code auxgrad.nyuv2} or the variable AUXGRAD_NYUV2
 * names their folder.
 */
class Nyuv2RealTest {
  @Test
  void readsRealImages() {
    Optional<String> folder =
        Optional.ofNullable(System.getProperty("auxgrad.nyuv2"))
            .or(() -> Optional.ofNullable(System.getenv("AUXGRAD_NYUV2")));
    assumeTrue(folder.isPresent(), "set AUXGRAD_NYUV2 to an NYUv2 folder to read real images");
    Splits splits = Nyuv2.open(Path.of(folder.get()), 13).cached(new ImageSize(120, 160));
    assertEquals("bed", splits.classes().getFirst());
    for (int i = 0; i < Math.min(8, splits.test().size()); i++) {
      Sample sample = splits.test().load(i);
      check(sample);
    }
  }

  private static void check(Sample sample) {
    int facing = 0;
    for (int i = 0; i < sample.classes().length; i++) {
      assertTrue(sample.classes()[i] >= -1 && sample.classes()[i] < 13);
      assertTrue(sample.depth()[i] > 0.7f && sample.depth()[i] < 10, "depth in metres");
      float x = sample.normals()[3 * i];
      float y = sample.normals()[3 * i + 1];
      float z = sample.normals()[3 * i + 2];
      assertEquals(1, x * x + y * y + z * z, 1e-5, "unit length");
      facing += z < 0.05f ? 1 : 0;
    }
    assertTrue(
        facing > 0.9 * sample.classes().length,
        "normals of " + sample.id() + " point to the camera");
  }
}
