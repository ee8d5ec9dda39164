package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final ImageSize SIZE = new ImageSize(6, 10);
  private final DeviceMemory memory = Backends.cpu().memory();

  private static HostBatch host(Sample... samples) {
    HostBatch host = HostBatch.allocate(List.of(samples), SIZE);
    for (int n = 0; n < samples.length; n++) {
      View.WHOLE.write(samples[n], host, n);
    }
    return host;
  }

  @Test
  void bringsEveryMapToTheDevice() {
    HostBatch host = host(Samples.random("a", 6, 10, 1), Samples.random("b", 6, 10, 2));
    try (Batch batch = Batch.upload(memory, host)) {
      assertEquals(List.of("a", "b"), batch.ids());
      assertEquals(2, batch.count());
      assertEquals(Shape.of(2, 6, 10, 3), batch.images().shape());
      assertEquals(Shape.of(2, 6, 10), batch.classes().shape());
      assertEquals(Shape.of(2, 6, 10, 1), batch.depth().shape());
      assertArrayEquals(host.images(), batch.images().toFloats());
      assertArrayEquals(host.classes(), batch.classes().toInts());
      assertArrayEquals(host.depth(), batch.depth().toFloats());
      assertArrayEquals(host.depthMask(), batch.depthMask().toBytes());
      assertArrayEquals(host.normals(), batch.normals().toFloats());
      assertArrayEquals(host.normalsMask(), batch.normalsMask().toBytes());
    }
  }

  @Test
  void takesOthersInTheSameTensors() {
    HostBatch host = host(Samples.random("b", 6, 10, 2));
    try (Batch batch = Batch.upload(memory, host(Samples.random("a", 6, 10, 1)))) {
      Tensor images = batch.images();
      batch.take(host);
      assertSame(images, batch.images());
      assertEquals(List.of("b"), batch.ids());
      assertArrayEquals(host.images(), batch.images().toFloats());
      assertArrayEquals(host.classes(), batch.classes().toInts());
      assertArrayEquals(host.normalsMask(), batch.normalsMask().toBytes());
      HostBatch two = host(Samples.random("a", 6, 10, 1), Samples.random("b", 6, 10, 2));
      assertThrows(IllegalArgumentException.class, () -> batch.take(two));
    }
  }

  @Test
  void outlivesScopesAndLeavesNothing() {
    int before = TensorScope.liveTensors();
    Batch batch;
    try (var _ = TensorScope.open()) {
      batch = Batch.upload(memory, host(Samples.random("a", 6, 10, 1)));
    }
    assertTrue(batch.images().isOpen());
    batch.close();
    batch.close();
    assertEquals(before, TensorScope.liveTensors());
  }

  @Test
  void lacksWhatTheDataLacks() {
    Sample bare = Sample.unlabelled("bare", SIZE, new byte[3 * SIZE.pixels()]);
    try (Batch batch = Batch.upload(memory, host(bare))) {
      assertNull(batch.classes());
      assertNull(batch.depth());
      assertNull(batch.depthMask());
      assertNull(batch.normals());
      assertNull(batch.normalsMask());
    }
  }
}
