package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.UserException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoaderTest {
  private static final ImageSize SIZE = new ImageSize(8, 12);
  private final Dataset data = Samples.dataset(23, 8, 12);

  private Loader training(int epoch, int firstBatch, int threads) {
    return Loader.training(data, Augmentation.standard(), SIZE, 4, 99, epoch, firstBatch, threads);
  }

  private static List<HostBatch> all(Loader loader) {
    try (loader) {
      List<HostBatch> batches = new ArrayList<>();
      while (loader.hasNext()) {
        batches.add(loader.next());
      }
      return batches;
    }
  }

  private static void assertSameBatches(List<HostBatch> expected, List<HostBatch> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).ids(), actual.get(i).ids());
      assertArrayEquals(expected.get(i).images(), actual.get(i).images());
      assertArrayEquals(expected.get(i).classes(), actual.get(i).classes());
      assertArrayEquals(expected.get(i).depth(), actual.get(i).depth());
      assertArrayEquals(expected.get(i).depthMask(), actual.get(i).depthMask());
      assertArrayEquals(expected.get(i).normals(), actual.get(i).normals());
      assertArrayEquals(expected.get(i).normalsMask(), actual.get(i).normalsMask());
    }
  }

  @Test
  void threadsDoNotMatter() {
    List<HostBatch> one = all(training(0, 0, 1));
    assertSameBatches(one, all(training(0, 0, 4)));
  }

  @Test
  void resumesAtAnyBatch() {
    List<HostBatch> whole = all(training(3, 0, 2));
    for (int first = 0; first <= whole.size(); first++) {
      assertSameBatches(whole.subList(first, whole.size()), all(training(3, first, 2)));
    }
  }

  @Test
  void eachEpochHasItsOwnOrderAndDropsTheRest() {
    List<HostBatch> first = all(training(0, 0, 2));
    List<HostBatch> second = all(training(1, 0, 2));
    assertEquals(5, first.size());
    assertNotEquals(ids(first), ids(second));
    Set<String> distinct = new HashSet<>(ids(first));
    assertEquals(20, distinct.size(), "no sample twice");
  }

  private static List<String> ids(List<HostBatch> batches) {
    return batches.stream().flatMap(batch -> batch.ids().stream()).toList();
  }

  @Test
  void evaluationCoversAllInOrder() {
    List<HostBatch> batches = all(Loader.evaluation(data, SIZE, 5, 3));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      expected.add("s" + i);
    }
    assertEquals(expected, ids(batches));
    assertEquals(3, batches.getLast().count());
    assertArrayEquals(data.load(22).classes(), tail(batches.getLast().classes(), SIZE.pixels()));
  }

  private static int[] tail(int[] values, int count) {
    return java.util.Arrays.copyOfRange(values, values.length - count, values.length);
  }

  @Test
  void resizesWhatHasAnotherSize() {
    HostBatch batch = all(Loader.evaluation(data, new ImageSize(4, 6), 2, 1)).getFirst();
    assertEquals(4, batch.height());
    assertEquals(2 * 4 * 6 * 3, batch.images().length);
    assertEquals(data.load(0).classes()[2], batch.classes()[1]);
  }

  @Test
  void absentLabelsStayAbsent() {
    Sample bare = Sample.unlabelled("bare", SIZE, new byte[3 * SIZE.pixels()]);
    HostBatch batch = all(Loader.evaluation(Samples.of(bare, bare), SIZE, 2, 1)).getFirst();
    assertNull(batch.classes());
    assertNull(batch.depthMask());
    Dataset mixed = Samples.of(bare, data.load(0));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> all(Loader.evaluation(mixed, SIZE, 2, 1)));
    assertTrue(e.getMessage().contains("bare and s0"), e.getMessage());
  }

  @Test
  void refusesABatchLargerThanTheData() {
    UserException e =
        assertThrows(
            UserException.class,
            () -> Loader.training(data, Augmentation.none(), SIZE, 24, 0, 0, 0, 1));
    assertTrue(e.getMessage().contains("random/test has 23 samples"), e.getMessage());
  }

  @Test
  void failuresNameTheSample() {
    Dataset failing = failing(new IllegalStateException("out of order"));
    try (Loader loader = Loader.evaluation(failing, SIZE, 2, 2)) {
      loader.next();
      loader.next();
      IllegalStateException e = assertThrows(IllegalStateException.class, loader::next);
      assertTrue(e.getMessage().contains("sample five of failing"), e.getMessage());
      assertTrue(e.getMessage().contains("out of order"), e.getMessage());
    }
  }

  @Test
  void aFailureWhilePreparingIsReportedWithItsBatch() {
    Dataset failing = failing(new IllegalStateException("out of order"));
    try (Loader loader =
        Loader.evaluation(new CachedDataset(failing, SIZE, Long.MAX_VALUE), SIZE, 2, 2)) {
      loader.next();
      loader.next();
      IllegalStateException e = assertThrows(IllegalStateException.class, loader::next);
      assertTrue(e.getMessage().startsWith("sample five of failing"), e.getMessage());
    }
  }

  @Test
  void failuresForTheUserPassUnchanged() {
    UserException mine = new UserException("rgb/five.jpg is broken");
    try (Loader loader = Loader.evaluation(failing(mine), SIZE, 6, 2)) {
      assertSame(mine, assertThrows(UserException.class, loader::next));
    }
  }

  private Dataset failing(RuntimeException failure) {
    return new Dataset() {
      @Override
      public String name() {
        return "failing";
      }

      @Override
      public int size() {
        return 10;
      }

      @Override
      public String id(int index) {
        return index == 5 ? "five" : "other";
      }

      @Override
      public Sample load(int index) {
        if (index == 5) {
          throw failure;
        }
        return data.load(index);
      }
    };
  }

  @Test
  void runsAheadFromTheSecondBatchOnButNotTooFar() throws InterruptedException {
    AtomicInteger loads = new AtomicInteger();
    CountDownLatch ahead = new CountDownLatch(5);
    Dataset counting =
        new Dataset() {
          @Override
          public String name() {
            return "counting";
          }

          @Override
          public int size() {
            return 100;
          }

          @Override
          public Sample load(int index) {
            loads.incrementAndGet();
            ahead.countDown();
            return data.load(0);
          }
        };
    try (Loader loader = Loader.evaluation(counting, SIZE, 1, 2)) {
      loader.next();
      assertEquals(1, loads.get());
      loader.next();
      ahead.await(); // without a call of next()
      assertEquals(5, loads.get());
      assertEquals(2, loader.position());
    }
    assertEquals(5, loads.get());
  }

  @Test
  void closingStopsTheThreads() throws InterruptedException {
    Loader loader = training(0, 0, 3);
    loader.next();
    loader.close();
    loader.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("loader-")) {
        // The last one may have told that it ends, and not have ended yet.
        assertTrue(thread.join(Duration.ofSeconds(10)), thread.getName());
      }
    }
  }

  @Test
  void endsWithTheEpoch() {
    try (Loader loader = training(0, 5, 1)) {
      assertFalse(loader.hasNext());
      assertThrows(NoSuchElementException.class, loader::next);
    }
  }
}
