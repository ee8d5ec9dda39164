package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.Batches;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.data.Loader;
import io.auxgrad.mtl.data.Nyuv2;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.weighting.FixedWeighting;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Precision;
import io.auxgrad.nn.optim.Adam;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A network that learns four images by heart: every loss goes to nearly zero. */
@ExtendWith(NoLeaks.class)
final class OverfitTest {
  private static final Map<String, Double> WEIGHTS =
      Map.of("segmentation", 1.0, "depth", 1.0, "normals", 2.0);
  private static final double LEARNING_RATE = 1e-3;
  private static final float LAMBDA = 0.4f;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TF32") // which a processor does not have
  void fourPaintedImages(Precision precision) {
    List<Task> tasks = Networks.tasks(4, Penalty.L1);
    var config = NetworkConfig.of(0.25, 48, tasks, AuxiliaryOptions.standard(16));
    try (var network = new MultiTaskNetwork(Context.cpu(5), config);
        Batch batch = Batches.rectangles(4, 40, 56, 4, 5)) {
      network.precision(precision);
      assertLearned(train(network, tasks, batch, 200), 0.05);
    }
  }

  /** What remains is finer than the outputs, which are a quarter of the labels' size. */
  @Test
  @Tag("slow")
  void fourRealImages() {
    String folder = System.getenv("AUXGRAD_NYUV2");
    assumeTrue(folder != null, "set AUXGRAD_NYUV2 to an NYUv2 folder to learn real images");
    Splits splits = Nyuv2.open(Path.of(folder), 13);
    List<Task> tasks = Networks.tasks(13, Penalty.L1);
    var config = NetworkConfig.of(1, 256, tasks, AuxiliaryOptions.standard(64));
    try (Loader loader = Loader.evaluation(splits.train(), new ImageSize(120, 160), 4, 1);
        var network = new MultiTaskNetwork(Context.cpu(5), config);
        Batch batch = Batch.upload(Backends.cpu().memory(), loader.next())) {
      assertLearned(train(network, tasks, batch, 200), 0.1);
    }
  }

  /** The losses of the first and of the last step, those of the auxiliary module with a prime. */
  private record Course(Map<String, Float> first, Map<String, Float> last) {
    void add(String task, float loss) {
      first.putIfAbsent(task, loss);
      last.put(task, loss);
    }
  }

  private static void assertLearned(Course course, double left) {
    course.last.forEach((task, loss) ->
        assertTrue(
            loss < left * course.first.get(task),
            () -> "%s: from %s to %s".formatted(task, course.first, course.last)));
  }

  private static Course train(MultiTaskNetwork network, List<Task> tasks, Batch batch, int steps) {
    var loss = new MultiTaskLoss(tasks, new FixedWeighting(WEIGHTS), LAMBDA);
    var groups = List.of(new ParameterGroup("all", network.parameters(), LEARNING_RATE, 0));
    Course course = new Course(new LinkedHashMap<>(), new LinkedHashMap<>());
    try (Adam optimizer = new Adam(groups)) {
      for (int step = 0; step < steps; step++) {
        optimizer.scaleLearningRates(1 - (double) step / steps);
        optimizer.zeroGradients();
        try (Tape tape = Tape.open()) {
          Losses losses = loss.of(network.forward(Variable.constant(batch.images())), batch);
          tape.backward(losses.total());
          optimizer.step();
          losses.main().forEach((task, l) -> course.add(task, l.value().item()));
          losses.auxiliary().forEach((task, l) -> course.add(task + "'", l.value().item()));
        }
      }
    }
    return course;
  }
}
