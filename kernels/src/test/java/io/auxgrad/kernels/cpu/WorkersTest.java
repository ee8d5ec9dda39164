package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cpu.onednn.OpenMp;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ParameterizedClass
@EnumSource
class WorkersTest {
  enum Kind {
    JAVA,
    OPENMP
  }

  private final Workers workers;

  WorkersTest(Kind kind) {
    assumeTrue(kind == Kind.JAVA || OpenMp.available());
    workers = kind == Kind.JAVA ? new Workers(3) : new Workers(3, OpenMpTeam::new);
  }

  @AfterEach
  void close() {
    workers.close();
  }

  @Test
  void everyPartRunsOnce() {
    assertEveryPartRunsOnce();
  }

  private void assertEveryPartRunsOnce() {
    for (int parts : new int[] {0, 1, 2, 3, 4, 1000}) {
      AtomicIntegerArray runs = new AtomicIntegerArray(parts);
      workers.run(parts, runs::incrementAndGet);
      assertTrue(IntStream.range(0, parts).allMatch(i -> runs.get(i) == 1));
    }
  }

  @Test
  void rangesAreMultiplesOfTheGrainAndTheSameEveryTime() {
    long[][] bounds = new long[3][];
    workers.range(1001, 10, (worker, lo, hi) -> bounds[worker] = new long[] {lo, hi});
    assertArrayEquals(new long[][] {{0, 330}, {330, 670}, {670, 1001}}, bounds);
  }

  @Test
  void smallWorkStaysOnTheCaller() {
    Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
    workers.range(10, 10, (worker, lo, hi) -> threads.add(Thread.currentThread()));
    assertEquals(Set.of(Thread.currentThread()), threads);
  }

  @Test
  void newWorkOfATeamThatTakesBothProcessorsIsItsCallersAtFirst() {
    try (Workers both = new Workers(2, JavaTeam::new, 2);
        Workers enough = new Workers(2, JavaTeam::new, 4)) {
      Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
      long[][] bounds = new long[2][];
      Workers.RangeBody body =
          (worker, lo, hi) -> {
            threads.add(Thread.currentThread());
            bounds[worker] = new long[] {lo, hi};
          };
      both.range(100, 10, body);
      assertEquals(Set.of(Thread.currentThread()), threads);
      assertArrayEquals(new long[][] {{0, 50}, {50, 100}}, bounds);
      for (int i = 0; i < 8; i++) {
        both.range(100, 10, body);
      }
      assertEquals(2, threads.size());
      threads.clear();
      enough.range(100, 10, body);
      assertEquals(2, threads.size());
    }
  }

  @Test
  void newWorkThatTakesLongIsNotNewForLong() {
    try (Workers both = new Workers(2, JavaTeam::new, 2)) {
      Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
      Workers.Part slow =
          part -> {
            threads.add(Thread.currentThread());
            long end = System.nanoTime() + 100_000_000;
            while (System.nanoTime() < end) {
              LockSupport.parkNanos(end - System.nanoTime());
            }
          };
      both.run(2, slow);
      assertEquals(1, threads.size());
      both.run(2, slow);
      assertEquals(2, threads.size());
    }
  }

  @Test
  void chunksDoNotDependOnTheNumberOfThreads() {
    long[] three = chunkBounds();
    workers.setThreads(1);
    assertEquals(1, workers.threads());
    assertArrayEquals(three, chunkBounds());
    workers.setThreads(2);
    assertArrayEquals(three, chunkBounds());
  }

  private long[] chunkBounds() {
    long[] bounds = new long[Workers.chunkCount(1001, 100)];
    workers.chunks(1001, 100, (chunk, lo, hi) -> bounds[chunk] = lo * 10_000 + hi);
    return bounds;
  }

  @Test
  void whatABodyThrowsReachesTheCallerAndTheWorkersLive() {
    for (int failing = 0; failing < 3; failing++) {
      int part = failing;
      var e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  workers.run(
                      3,
                      i -> {
                        if (i == part) {
                          throw new IllegalStateException("part " + i);
                        }
                      }));
      assertEquals("part " + part, e.getMessage());
    }
    assertEveryPartRunsOnce();
  }

  @Test
  void innerWorkRunsOnItsOwnThread() {
    int[] sums = new int[6];
    workers.run(6, i -> workers.run(4, j -> sums[i] += j));
    assertTrue(Arrays.stream(sums).allMatch(sum -> sum == 6));
  }

  @Test
  void severalCallersTakeTurns() throws InterruptedException {
    AtomicIntegerArray runs = new AtomicIntegerArray(100);
    Thread[] callers = new Thread[4];
    for (int i = 0; i < callers.length; i++) {
      callers[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (int k = 0; k < 500; k++) {
                  workers.run(100, runs::incrementAndGet);
                }
              });
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertTrue(IntStream.range(0, 100).allMatch(i -> runs.get(i) == 2000));
  }

  @Test
  void zeroThreadsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> workers.setThreads(0));
  }
}
