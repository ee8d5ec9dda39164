package io.auxgrad.mtl.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.mtl.Golden;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.HostBatch;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The metrics against numpy in float64, in one batch and image by image. */
@ExtendWith(NoLeaks.class)
final class MetricsGoldenTest {
  private static final int IMAGES = 4;
  private static final int HEIGHT = 17;
  private static final int WIDTH = 23;

  private record Case(String task, String prediction, Metric whole, Metric pieces) {}

  private static List<Case> cases() {
    return List.of(
        of("segmentation", "logits", memory -> new SegmentationMetric(memory, 6)),
        of("depth", "predicted_depth", DepthMetric::new),
        of("normals", "predicted_normals", NormalsMetric::new));
  }

  private static Case of(String task, String prediction, Function<DeviceMemory, Metric> metric) {
    DeviceMemory memory = Backends.cpu().memory();
    return new Case(task, prediction, metric.apply(memory), metric.apply(memory));
  }

  @Test
  void agreeWithNumpyHoweverTheSplitIsCut() throws IOException {
    try (var _ = TensorScope.open();
        Golden golden = Golden.open("metrics")) {
      for (Case c : cases()) {
        feed(golden, c.prediction, c.whole, IMAGES);
        feed(golden, c.prediction, c.pieces, 1);
        check(golden, c);
      }
    }
  }

  private static void check(Golden golden, Case c) {
    Map<String, Double> results = c.whole.results();
    results.forEach((name, value) -> {
      double tolerance = name.equals("median") ? NormalsMetric.BIN : 1e-6;
      assertEquals(golden.number(c.task + "." + name), value, tolerance, c.task + "." + name);
    });
    assertEquals(results, c.pieces.results(), c.task);
  }

  private static void feed(Golden golden, String prediction, Metric metric, int batch)
      throws IOException {
    for (int first = 0; first < IMAGES; first += batch) {
      try (var _ = TensorScope.open();
          Batch labels = labels(golden, first, batch)) {
        Tensor all = golden.tensor(prediction);
        int outputs = (int) (all.size() / (IMAGES * HEIGHT * WIDTH));
        Tensor shaped = all.reshape(Shape.of(IMAGES, HEIGHT, WIDTH, outputs));
        metric.update(Backends.cpu().indexing().slice(shaped, 0, first, batch), labels);
      }
    }
  }

  private static Batch labels(Golden golden, int first, int count) throws IOException {
    int from = first * HEIGHT * WIDTH;
    int to = (first + count) * HEIGHT * WIDTH;
    List<String> ids = Collections.nCopies(count, "x");
    return Batch.upload(
        Backends.cpu().memory(),
        new HostBatch(
            ids,
            HEIGHT,
            WIDTH,
            new float[3 * (to - from)],
            Arrays.copyOfRange(golden.tensor("classes").toInts(), from, to),
            Arrays.copyOfRange(golden.floats("depth"), from, to),
            Arrays.copyOfRange(golden.tensor("depth_mask").toBytes(), from, to),
            Arrays.copyOfRange(golden.floats("normals"), 3 * from, 3 * to),
            Arrays.copyOfRange(golden.tensor("normals_mask").toBytes(), from, to)));
  }
}
