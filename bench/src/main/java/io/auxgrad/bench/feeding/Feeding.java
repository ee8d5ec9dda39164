package io.auxgrad.bench.feeding;

import io.auxgrad.bench.report.MarkdownTable;
import io.auxgrad.bench.report.Spread;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.mtl.data.Augmentation;
import io.auxgrad.mtl.data.BatchContent;
import io.auxgrad.mtl.data.BatchSource;
import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.DeviceData;
import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.data.Residency;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.render.RenderedRooms;
import io.auxgrad.tensor.Readout;
import io.auxgrad.tensor.ops.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Seconds of training steps on one and the same batch, on batches that loader threads make and the
 * step's thread copies, and on batches that are gathered on the device.
 *
 * @param constant of one batch
 * @param host of batches from the host's memory
 * @param device of batches from the device's memory
 */
public record Feeding(Spread constant, Spread host, Spread device) {
  private static final int BATCHES = 8;
  private static final int WARM_UP = 3;
  private static final int LOADERS = 1;

  /** Steps of a turn: long enough for the loader to get into its stride. */
  private static final int TURN = 5;

  /** An endless row of batches. */
  private static final class Epochs implements AutoCloseable {
    private final Dataset dataset;
    private final Workload workload;
    private BatchSource source;
    private int epoch;

    Epochs(Dataset dataset, Workload workload) {
      this.dataset = dataset;
      this.workload = workload;
      next();
    }

    private void next() {
      source =
          BatchSource.training(
              dataset,
              Augmentation.standard(),
              new ImageSize(workload.height(), workload.width()),
              workload.batch(),
              1,
              epoch++,
              0,
              LOADERS);
    }

    BatchContent batch() {
      if (!source.hasNext()) {
        source.close();
        next();
      }
      return source.next();
    }

    @Override
    public void close() {
      source.close();
    }
  }

  /** Measures on {@code backend}, in turns, with {@code steps} steps of each kind. */
  public static Feeding measure(Workload workload, Backend backend, int steps) {
    ImageSize size = new ImageSize(workload.height(), workload.width());
    int images = BATCHES * workload.batch();
    Splits rooms = RenderedRooms.splits(1, size.height(), size.width(), images, 1, 1).cached(size);
    List<Double> constant = new ArrayList<>();
    List<Double> fromHost = new ArrayList<>();
    List<Double> fromDevice = new ArrayList<>();
    try (DeviceData data = new DeviceData(backend, Residency.DEVICE, _ -> {});
        Epochs host = new Epochs(rooms.train(), workload);
        Epochs device = new Epochs(data.splits(rooms, size).train(), workload);
        TrainingStep step = new TrainingStep(workload, backend);
        TrainingStep gathering = new TrainingStep(workload, backend, true, device.batch())) {
      while (constant.size() < steps) {
        turn(step, () -> {}, constant);
        turn(step, () -> step.take(host.batch()), fromHost);
        turn(gathering, () -> gathering.take(device.batch()), fromDevice);
      }
    }
    return new Feeding(Spread.of(constant), Spread.of(fromHost), Spread.of(fromDevice));
  }

  // As in a training, a step is waited for when the next one has its batch and has been asked for:
  // on a GPU data come while it computes.
  private static void turn(TrainingStep step, Runnable feed, List<Double> seconds) {
    feed.run();
    Readout last = step.ask();
    long before = System.nanoTime();
    for (int i = 0; i < WARM_UP + TURN; i++) {
      feed.run();
      Readout next = step.ask();
      last.awaitFloats();
      long now = System.nanoTime();
      if (i >= WARM_UP) {
        seconds.add((now - before) * 1e-9);
      }
      before = now;
      last = next;
    }
    last.awaitFloats();
  }

  /** How much longer a step takes with data than without, by the quicker of the two ways. */
  public double overhead() {
    return Math.min(host.median(), device.median()) / constant.median() - 1;
  }

  /** A table for people. */
  public String text() {
    return new MarkdownTable("images", "median ms", "95 % of it", "beside the first")
        .row(cells("the same each time", constant))
        .row(cells("host, %d loader thread".formatted(LOADERS), host))
        .row(cells("device", device))
        .toString();
  }

  private String[] cells(String name, Spread of) {
    return new String[] {
      name,
      format("%.2f", 1e3 * of.median()),
      format("%.2f..%.2f", 1e3 * of.low(), 1e3 * of.high()),
      format("%+.1f %%", 100 * (of.median() / constant.median() - 1))
    };
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
