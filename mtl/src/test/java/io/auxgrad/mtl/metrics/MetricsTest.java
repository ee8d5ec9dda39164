package io.auxgrad.mtl.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.Batches;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The metrics against figures computed by hand. */
@ExtendWith(NoLeaks.class)
final class MetricsTest {
  private static final double EPS = 1e-6;
  private static final DeviceMemory MEMORY = Backends.cpu().memory();

  private final TensorScope scope = TensorScope.open();

  @AfterEach
  void closeMetrics() {
    scope.close();
  }

  private static Map<String, Double> run(
      Metric metric, int outputs, float[] prediction, Batch labels) {
    int pixels = prediction.length / outputs;
    Shape shape = Shape.of(1, 1, pixels, outputs);
    try (labels;
        Tensor predicted = Tensor.of(MEMORY, shape, prediction)) {
      metric.update(predicted, labels);
    }
    return metric.results();
  }

  @Test
  void segmentationCountsClassesThatOccur() {
    // Predicted 0 0 1 2 1 for labels 0 1 1 ignore 0; class 3 occurs nowhere, class 2 only where
    // ignored.
    float[] logits = {
      5, 1, 0, 0, /**/ 5, 1, 0, 0, /**/ 0, 5, 1, 0, /**/ 0, 1, 5, 0, /**/ 0, 5, 1, 0,
    };
    int[] classes = {0, 1, 1, -1, 0};
    var results =
        run(
            new SegmentationMetric(MEMORY, 4),
            4,
            logits,
            Batches.labels(1, 1, 5, classes, null, null));
    assertEquals((1.0 / 3 + 1.0 / 3) / 2, results.get("miou"), EPS);
    assertEquals(0.5, results.get("pixel_accuracy"), EPS);
    assertEquals(0.5, results.get("mean_accuracy"), EPS);
  }

  @Test
  void aClassThatIsOnlyPredictedCountsAsMissedInTheMeanIou() {
    float[] logits = {5, 0, 0, /**/ 0, 5, 0, /**/ 0, 0, 5};
    int[] classes = {0, 1, 1};
    var results =
        run(
            new SegmentationMetric(MEMORY, 3),
            3,
            logits,
            Batches.labels(1, 1, 3, classes, null, null));
    assertEquals((1 + 0.5 + 0) / 3, results.get("miou"), EPS);
    assertEquals(2.0 / 3, results.get("pixel_accuracy"), EPS);
    assertEquals(0.75, results.get("mean_accuracy"), EPS);
  }

  @Test
  void depthLeavesInvalidPixelsOut() {
    float[] predicted = {1, 3, 7, 2.5f};
    float[] depth = {2, 2, 0, 2};
    var results =
        run(new DepthMetric(MEMORY), 1, predicted, Batches.labels(1, 1, 4, null, depth, null));
    assertEquals((0.5 + 0.5 + 0.25) / 3, results.get("abs_rel"), EPS);
    assertEquals((0.5 + 0.5 + 0.125) / 3, results.get("sq_rel"), EPS);
    assertEquals(Math.sqrt((1 + 1 + 0.25) / 3), results.get("rmse"), EPS);
    double logs = sq(Math.log(2)) + sq(Math.log(1.5)) + sq(Math.log(1.25));
    assertEquals(Math.sqrt(logs / 3), results.get("rmse_log"), EPS);
    assertEquals(Math.log10(2 * 1.5 * 1.25) / 3, results.get("log10"), EPS);
    // A ratio of exactly 1.25 is not below it.
    assertEquals(0, results.get("delta_1"), EPS);
    assertEquals(2.0 / 3, results.get("delta_2"), EPS);
    assertEquals(2.0 / 3, results.get("delta_3"), EPS);
  }

  @Test
  void negativeDepthIsRaisedToTheMinimum() {
    float[] depth = {1};
    var results =
        run(
            new DepthMetric(MEMORY),
            1,
            new float[] {-4},
            Batches.labels(1, 1, 1, null, depth, null));
    assertEquals(1 - DepthMetric.MINIMUM, results.get("rmse"), EPS);
    assertEquals(3, results.get("log10"), EPS);
  }

  @Test
  void normalsMeasureAnglesOfVectorsOfAnyLength() {
    float[] predicted = {0, 0, -2, /**/ 0, -3, -3, /**/ 1, 0, 0, /**/ 0, 0, 5, /**/ 9, 9, 9};
    float[] normals = {0, 0, -1, /**/ 0, 0, -1, /**/ 0, 0, -1, /**/ 0, 0, -1, /**/ 0, 0, 0};
    var results =
        run(new NormalsMetric(MEMORY), 3, predicted, Batches.labels(1, 1, 5, null, null, normals));
    assertEquals((0 + 45 + 90 + 180) / 4.0, results.get("mean"), EPS);
    assertTrue(Math.abs(results.get("median") - 67.5) <= NormalsMetric.BIN, results::toString);
    assertEquals(0.25, results.get("within_11_25"), EPS);
    assertEquals(0.25, results.get("within_22_5"), EPS);
    assertEquals(0.25, results.get("within_30"), EPS);
  }

  @Test
  void aZeroVectorIsOffByARightAngle() {
    float[] normals = {0, 0, -1};
    var results =
        run(
            new NormalsMetric(MEMORY),
            3,
            new float[3],
            Batches.labels(1, 1, 1, null, null, normals));
    assertEquals(90, results.get("mean"), EPS);
  }

  @Test
  void nothingValidGivesNoNumber() {
    float[] depth = {0};
    var results =
        run(
            new DepthMetric(MEMORY),
            1,
            new float[] {1},
            Batches.labels(1, 1, 1, null, depth, null));
    results.forEach((name, value) -> assertTrue(Double.isNaN(value), name));
    assertTrue(Double.isNaN(new NormalsMetric(MEMORY).results().get("median")));
    assertTrue(Double.isNaN(new SegmentationMetric(MEMORY, 3).results().get("miou")));
  }

  private static double sq(double x) {
    return x * x;
  }
}
