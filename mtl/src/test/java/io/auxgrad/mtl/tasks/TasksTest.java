package io.auxgrad.mtl.tasks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.Batches;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.metrics.DepthMetric;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Losses and predictions of the tasks against figures computed by hand. */
@ExtendWith(NoLeaks.class)
final class TasksTest {
  private static final double EPS = 1e-5;

  private static List<Task> tasks() {
    return List.of(new SegmentationTask(3), new DepthTask(Penalty.L1), new NormalsTask());
  }

  private static float loss(Task task, Tensor output, Batch batch) {
    try (var _ = TensorScope.open();
        batch;
        output) {
      return task.loss(Variable.constant(output), batch).value().item();
    }
  }

  /** Two equal pixels {@code [1,1,2,C]}: the same value everywhere after any resizing. */
  private static Tensor constant(float... values) {
    float[] twice = new float[2 * values.length];
    System.arraycopy(values, 0, twice, 0, values.length);
    System.arraycopy(values, 0, twice, values.length, values.length);
    return Tensor.of(Backends.cpu().memory(), Shape.of(1, 1, 2, values.length), twice);
  }

  @Test
  void segmentationIsTheCrossEntropyOverLabelledPixels() {
    int[] classes = {0, 2, -1, -1, -1, -1, -1, 2};
    double z = Math.log(Math.exp(1) + 1 + Math.exp(-1));
    Batch batch = Batches.labels(1, 2, 4, classes, null, null);
    float loss = loss(new SegmentationTask(3), constant(1, 0, -1), batch);
    assertEquals(((z - 1) + 2 * (z + 1)) / 3, loss, EPS);
  }

  @Test
  void classWeightsWeighPixelsAndTheirMean() {
    int[] classes = {0, 2, -1, -1, -1, -1, -1, 2};
    double z = Math.log(Math.exp(1) + 1 + Math.exp(-1));
    Batch batch = Batches.labels(1, 2, 4, classes, null, null);
    float loss = loss(new SegmentationTask(new float[] {3, 1, 0.5f}), constant(1, 0, -1), batch);
    assertEquals((3 * (z - 1) + (z + 1)) / 4, loss, EPS);
  }

  @Test
  void depthPenalisesMetresWhereTheyAreValid() {
    float[] depth = {1, 2, 0, 0, 0, 0, 0, 6};
    for (Penalty penalty : Penalty.values()) {
      double want =
          switch (penalty) {
            case L1 -> (2 + 1 + 3) / 3.0;
            case L2 -> (4 + 1 + 9) / 3.0;
            // c is a fifth of the largest error: 0.6.
            case BERHU -> (4 + 1 + 9 + 3 * 0.36) / (3 * 1.2);
          };
      Batch batch = Batches.labels(1, 2, 4, null, depth, null);
      assertEquals(want, loss(new DepthTask(penalty), constant(3), batch), EPS, penalty.name());
    }
  }

  @Test
  void normalsMeasureTheCosine() {
    float[] normals = new float[24];
    normals[2] = -1;
    normals[3] = 1;
    Batch batch = Batches.labels(1, 2, 4, null, null, normals);
    float loss = loss(new NormalsTask(), constant(6, 0, -8), batch);
    assertEquals((1 - 0.8 + 1 - 0.6) / 2, loss, EPS);
  }

  @Test
  void lossWithoutValidPixelsIsZero() {
    int[] classes = {-1, -1, -1, -1, -1, -1, -1, -1};
    for (Task task : tasks()) {
      Tensor output = constant(new float[task.outputs()]);
      Batch batch = Batches.labels(1, 2, 4, classes, new float[8], new float[24]);
      assertEquals(0, loss(task, output, batch), task.name());
    }
  }

  @Test
  void missingLabelsAreTheUsersToPutRight() {
    for (Task task : tasks()) {
      Tensor output = constant(new float[task.outputs()]);
      Batch batch = Batches.labels(1, 2, 4, null, null, null);
      var e = assertThrows(UserException.class, () -> loss(task, output, batch));
      assertEquals(
          "task %s: the data has no %s labels; turn the task off or choose data that has them"
              .formatted(task.name(), task.name()),
          e.getMessage());
    }
  }

  @Test
  void predictionsAreInTheTasksUnit() {
    try (var _ = TensorScope.open()) {
      Tensor depth = new DepthTask(Penalty.L1).predict(constant(-2), 5, 7);
      assertEquals(Shape.of(1, 5, 7, 1), depth.shape());
      assertEquals(DepthMetric.MINIMUM, depth.toFloats()[3]);
      float[] vectors = new NormalsTask().predict(constant(0, -3, 4), 3, 2).toFloats();
      for (int i = 0; i < vectors.length; i += 3) {
        assertEquals(0, vectors[i], EPS);
        assertEquals(-0.6, vectors[i + 1], EPS);
        assertEquals(0.8, vectors[i + 2], EPS);
      }
      Tensor logits = new SegmentationTask(4).predict(constant(1, 2, 3, 4), 8, 9);
      assertEquals(Shape.of(1, 8, 9, 4), logits.shape());
    }
  }

  @Test
  void trivialPredictorsFitTheWholeSplit() {
    List<TrivialPredictor> predictors = tasks().stream().map(Task::newTrivialPredictor).toList();
    int[][] classes = {{2, 2, -1}, {1, 1, 1}};
    float[][] metres = {{1, 0, 2}, {0, 0, 9}};
    float[][] vectors = {{1, 0, 0, 0, 1, 0, 0, 0, 0}, {0, 1, 0, 1, 0, 0, 0, 0, 0}};
    for (int i = 0; i < classes.length; i++) {
      try (Batch batch = Batches.labels(1, 1, 3, classes[i], metres[i], vectors[i])) {
        predictors.forEach(p -> p.fit(batch));
      }
    }
    float half = (float) Math.sqrt(0.5);
    assertArrayEquals(new float[] {0, 1, 0}, predictors.get(0).constant());
    assertArrayEquals(new float[] {4}, predictors.get(1).constant());
    assertArrayEquals(new float[] {half, half, 0}, predictors.get(2).constant(), 1e-6f);
    try (Tensor prediction = predictors.get(2).predict(Backends.cpu().memory(), 2, 1, 2)) {
      assertEquals(Shape.of(2, 1, 2, 3), prediction.shape());
      assertEquals(half, prediction.toFloats()[10], 1e-6f);
    }
  }
}
