package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.StandInGpu;
import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.render.RenderedRooms;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class DeviceDataTest {
  private static final ImageSize SIZE = new ImageSize(24, 32);

  private final Backend cpu = Backends.cpu();
  private final List<String> notes = new ArrayList<>();

  private DeviceData data(Backend backend, Residency residency) {
    return new DeviceData(backend, residency, notes::add);
  }

  private static Splits splits(Dataset dataset) {
    return new Splits("random", List.of("a"), dataset, dataset, dataset);
  }

  private static BatchSource training(Dataset dataset, int epoch, int firstBatch) {
    return BatchSource.training(dataset, Augmentation.standard(), SIZE, 4, 7, epoch, firstBatch, 2);
  }

  private static void assertSameBatches(Backend backend, BatchSource host, BatchSource device) {
    try (host;
        device) {
      assertEquals(host.batches(), device.batches());
      Batch batch = null;
      while (host.hasNext()) {
        assertEquals(host.position(), device.position());
        HostBatch expected = (HostBatch) host.next();
        BatchContent content = assertInstanceOf(DeviceBatch.class, device.next());
        if (batch == null || batch.count() != content.count()) {
          close(batch);
          batch = Batch.upload(backend.memory(), content);
        }
        Tensor images = batch.images();
        batch.take(content);
        batch.gather();
        assertSame(images, batch.images());
        BatchBytes.assertEqual(expected, batch);
      }
      close(batch);
      assertThrows(NoSuchElementException.class, device::next);
    }
  }

  private static void close(Batch batch) {
    if (batch != null) {
      batch.close();
    }
  }

  private void assertSameEpochs(Backend backend, Splits host) {
    try (DeviceData data = data(backend, Residency.DEVICE)) {
      Splits device = data.splits(host, SIZE);
      for (int epoch = 0; epoch < 2; epoch++) {
        assertSameBatches(
            backend, training(host.train(), epoch, 0), training(device.train(), epoch, 0));
      }
      assertSameBatches(backend, training(host.train(), 2, 1), training(device.train(), 2, 1));
      assertSameBatches(
          backend,
          BatchSource.evaluation(host.test(), SIZE, 4, 1),
          BatchSource.evaluation(device.test(), SIZE, 4, 1));
    }
  }

  @Test
  void renderedRoomsAreTheSameBytesFromEitherMemory() {
    assertSameEpochs(cpu, RenderedRooms.splits(3, 24, 32, 9, 2, 6).cached(SIZE));
  }

  @Test
  void renderedRoomsAreTheSameBytesByTheKernelsOfTheGpu() {
    assumeTrue(StandInGpu.available(), "needs g++");
    assertSameEpochs(StandInGpu.shuffled(), RenderedRooms.splits(3, 24, 32, 9, 2, 6).cached(SIZE));
  }

  private void assertGathersWhatWasTakenLast(Backend backend) {
    Splits host = RenderedRooms.splits(3, 24, 32, 8, 1, 1).cached(SIZE);
    try (DeviceData data = data(backend, Residency.DEVICE);
        BatchSource expected = training(host.train(), 0, 0);
        BatchSource device = training(data.splits(host, SIZE).train(), 0, 0);
        Batch batch = Batch.taking(backend.memory(), device.next());
        Replay replay = backend.record(batch::gather)) {
      BatchBytes.assertEqual((HostBatch) expected.next(), batch);
      batch.take(device.next());
      replay.run();
      BatchBytes.assertEqual((HostBatch) expected.next(), batch);
    }
  }

  @Test
  void aRecordingGathersWhatWasTakenLast() {
    assertGathersWhatWasTakenLast(cpu);
  }

  @Test
  void aRecordingGathersWhatWasTakenLastByTheKernelsOfTheGpu() {
    assumeTrue(StandInGpu.available(), "needs g++");
    assertGathersWhatWasTakenLast(StandInGpu.shuffled());
  }

  @Test
  void aBatchTakesImagesOfOnePlaceOnly() {
    Splits host = RenderedRooms.splits(3, 24, 32, 4, 1, 1).cached(SIZE);
    try (DeviceData data = data(cpu, Residency.DEVICE);
        BatchSource pixels = training(host.train(), 0, 0);
        BatchSource device = training(data.splits(host, SIZE).train(), 0, 0);
        Batch batch = Batch.taking(cpu.memory(), device.next())) {
      var e = assertThrows(IllegalArgumentException.class, () -> batch.take(pixels.next()));
      assertTrue(e.getMessage().contains("gathered on a device cannot take"), e.getMessage());
      assertTrue(
          e.getMessage().endsWith("which lie elsewhere: make another one for those"),
          e.getMessage());
    }
  }

  @Test
  void realImagesAreTheSameBytesFromEitherMemory() {
    Optional<String> folder =
        Optional.ofNullable(System.getProperty("auxgrad.nyuv2"))
            .or(() -> Optional.ofNullable(System.getenv("AUXGRAD_NYUV2")));
    assumeTrue(folder.isPresent(), "set AUXGRAD_NYUV2 to an NYUv2 folder to read real images");
    Splits all = Nyuv2.open(Path.of(folder.get()), 13).cached(SIZE);
    Dataset few = new First(all.test(), 11);
    assertSameEpochs(cpu, splits(new CachedDataset(few, SIZE, Long.MAX_VALUE)));
  }

  /** The first samples of a data set. */
  private record First(Dataset source, int size) implements Dataset {
    @Override
    public String name() {
      return source.name();
    }

    @Override
    public Sample load(int index) {
      return source.load(index);
    }
  }

  @Test
  void mapsThatTheDataSetLacksAreLackingOnTheDevice() {
    Sample bare = Sample.unlabelled("bare", SIZE, new byte[3 * SIZE.pixels()]);
    Splits host = splits(Samples.of(bare, bare, bare, bare)).cached(SIZE);
    assertSameEpochs(cpu, host);
  }

  @Test
  void samplesOfDifferentMapsAreRefused() {
    Sample bare = Sample.unlabelled("bare", SIZE, new byte[3 * SIZE.pixels()]);
    Splits host = splits(Samples.of(Samples.random("full", 24, 32, 1), bare));
    try (DeviceData data = data(cpu, Residency.DEVICE)) {
      Splits device = data.splits(host, SIZE);
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> BatchSource.evaluation(device.train(), SIZE, 1, 1));
      assertTrue(e.getMessage().startsWith("samples full and bare cannot be kept"), e.getMessage());
    }
  }

  @Test
  void aSampleThatCannotBeReadIsNamed() {
    Dataset failing =
        new Dataset() {
          @Override
          public String name() {
            return "failing/train";
          }

          @Override
          public int size() {
            return 3;
          }

          @Override
          public Sample load(int index) {
            if (index == 2) {
              throw new IllegalArgumentException("too dark");
            }
            return Samples.random("s" + index, 24, 32, index);
          }
        };
    try (DeviceData data = data(cpu, Residency.DEVICE)) {
      Splits device = data.splits(splits(failing), SIZE);
      var e =
          assertThrows(
              IllegalStateException.class,
              () -> BatchSource.evaluation(device.train(), SIZE, 1, 1));
      assertTrue(
          e.getMessage().startsWith("sample 2 of failing/train cannot be loaded"), e.getMessage());
    }
  }

  @Test
  void theHostKeepsThemUnlessAsked() {
    Splits host = splits(Samples.dataset(4, 24, 32));
    try (DeviceData auto = data(cpu, Residency.AUTO);
        DeviceData never = data(cpu, Residency.HOST)) {
      assertSame(host, never.splits(host, SIZE));
      try (BatchSource source =
          BatchSource.evaluation(auto.splits(host, SIZE).train(), SIZE, 4, 1)) {
        assertInstanceOf(Loader.class, source);
      }
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void aGpuTakesWhatFits() {
    assumeTrue(StandInGpu.available(), "needs g++");
    Splits host = splits(Samples.dataset(4, 24, 32));
    try (DeviceData data = data(StandInGpu.inOrder(), Residency.AUTO)) {
      Splits device = data.splits(host, SIZE);
      try (BatchSource source = BatchSource.evaluation(device.train(), SIZE, 4, 1)) {
        assertInstanceOf(DeviceLoader.class, source);
      }
    }
    assertEquals(1, notes.size());
    assertTrue(
        notes.getFirst().startsWith("random/test: 4 samples, 36 KiB, in the memory of cuda:"),
        notes.getFirst());
  }

  /** A data set that says to be larger than any memory. */
  private static Dataset huge() {
    return new First(Samples.dataset(1, 24, 32), 1 << 22);
  }

  @Test
  void whatDoesNotFitOnAGpuStaysWithTheHostAndSaysSo() {
    assumeTrue(StandInGpu.available(), "needs g++");
    try (DeviceData data = data(StandInGpu.inOrder(), Residency.AUTO);
        BatchSource source =
            training(data.splits(splits(huge()), new ImageSize(480, 640)).train(), 0, 0)) {
      assertInstanceOf(Loader.class, source);
    }
    assertTrue(
        notes.getFirst().startsWith("random/test stays in the host's memory: its 4194304"),
        notes.getFirst());
  }

  @Test
  void whatMustBeOnTheDeviceAndDoesNotFitIsRefused() {
    try (DeviceData data = data(cpu, Residency.DEVICE)) {
      Splits device = data.splits(splits(huge()), new ImageSize(480, 640));
      var e = assertThrows(UserException.class, () -> training(device.train(), 0, 0));
      assertTrue(
          e.getMessage().startsWith("random/test does not fit on cpu: its 4194304 samples"),
          e.getMessage());
      assertTrue(e.getMessage().endsWith("set data.memory=host, or a smaller data.size"));
    }
  }
}
