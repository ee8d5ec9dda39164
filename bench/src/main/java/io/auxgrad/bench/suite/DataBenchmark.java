package io.auxgrad.bench.suite;

import io.auxgrad.mtl.data.Augmentation;
import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.HostBatch;
import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.data.Loader;
import io.auxgrad.mtl.data.Sample;
import io.auxgrad.mtl.render.RenderedRooms;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One image of 120x160: rendered, or taken from the cache and augmented by one loader thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DataBenchmark {
  private static final int IMAGES = 64;
  private static final int BATCH = 4;
  private static final ImageSize SIZE = new ImageSize(120, 160);

  private Dataset rendered;
  private Dataset cached;
  private Loader loader;
  private int next;
  private int epoch;

  /** Renders the images of the cache. */
  @Setup
  public void open() {
    var splits = RenderedRooms.splits(1, SIZE.height(), SIZE.width(), IMAGES, 0, 0);
    rendered = splits.train();
    cached = splits.cached(SIZE).train();
    for (int i = 0; i < IMAGES; i++) {
      cached.load(i);
    }
    startEpoch();
  }

  /** The renderer. */
  @Benchmark
  public Sample render() {
    next = (next + 1) % IMAGES;
    return rendered.load(next);
  }

  /** The loader. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public HostBatch load() {
    if (!loader.hasNext()) {
      loader.close();
      startEpoch();
    }
    return loader.next();
  }

  private void startEpoch() {
    loader = Loader.training(cached, Augmentation.standard(), SIZE, BATCH, 1, epoch++, 0, 1);
  }

  /** Ends the loader's thread. */
  @TearDown
  public void close() {
    loader.close();
  }
}
