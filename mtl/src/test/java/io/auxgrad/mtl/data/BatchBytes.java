package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.auxgrad.tensor.Tensor;

/** Compares batches to the last bit. */
final class BatchBytes {
  private BatchBytes() {}

  static void assertEqual(HostBatch expected, Batch got) {
    assertEquals(expected.ids(), got.ids());
    floats(expected.images(), got.images(), "images");
    if (expected.classes() == null) {
      assertNull(got.classes());
    } else {
      assertArrayEquals(expected.classes(), got.classes().toInts(), "classes");
    }
    floats(expected.depth(), got.depth(), "depth");
    bytes(expected.depthMask(), got.depthMask(), "depth mask");
    floats(expected.normals(), got.normals(), "normals");
    bytes(expected.normalsMask(), got.normalsMask(), "normals mask");
  }

  // assertArrayEquals tells 0 and -0 apart.
  private static void floats(float[] expected, Tensor got, String map) {
    if (expected == null) {
      assertNull(got, map);
    } else {
      assertArrayEquals(expected, got.toFloats(), map);
    }
  }

  private static void bytes(byte[] expected, Tensor got, String map) {
    if (expected == null) {
      assertNull(got, map);
    } else {
      assertArrayEquals(expected, got.toBytes(), map);
    }
  }
}
