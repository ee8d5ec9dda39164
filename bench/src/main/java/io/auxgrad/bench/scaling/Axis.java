package io.auxgrad.bench.scaling;

import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.Workload;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What grows while all else stays. */
public enum Axis {
  /** Images of 120x160. */
  BATCH("images of 120x160") {
    @Override
    List<Point> points(NetworkKind network, int threads) {
      return List.of(1, 2, 4, 8, 16).stream()
          .map(n -> new Point(n, new Workload(network, 3, n, 120, 160), threads))
          .toList();
    }
  },
  /** Pixels of 2 images, 4:3. */
  PIXELS("pixels of each of 2 images") {
    @Override
    List<Point> points(NetworkKind network, int threads) {
      return IntStream.of(96, 136, 192, 272, 384)
          .mapToObj(height -> {
            int width = height * 4 / 3;
            Workload work = new Workload(network, 3, 2, height, width);
            return new Point(height * width, work, threads);
          })
          .toList();
    }
  },
  /** Tasks on 4 images of 120x160. */
  TASKS("tasks on 4 images of 120x160") {
    @Override
    List<Point> points(NetworkKind network, int threads) {
      return List.of(1, 2, 3).stream()
          .map(n -> new Point(n, new Workload(network, n, 4, 120, 160), threads))
          .toList();
    }
  },
  /** Threads on 4 images of 120x160. */
  THREADS("threads on 4 images of 120x160") {
    @Override
    List<Point> points(NetworkKind network, int threads) {
      return IntStream.rangeClosed(1, threads)
          .filter(n -> Integer.bitCount(n) == 1 || n == threads)
          .mapToObj(n -> new Point(n, new Workload(network, 3, 4, 120, 160), n))
          .toList();
    }
  };

  private final String title;

  Axis(String title) {
    this.title = title;
  }

  /**
   * A place on the axis.
   *
   * @param x how much of what grows
   */
  record Point(int x, Workload workload, int threads) {}

  abstract List<Point> points(NetworkKind network, int threads);

  /** With its unit. */
  String title() {
    return title;
  }

  /** In lower case. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
