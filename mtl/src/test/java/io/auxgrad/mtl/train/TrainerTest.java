package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.Sample;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.run.Checkpoint;
import io.auxgrad.mtl.run.EpochRow;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
final class TrainerTest {
  @TempDir Path folder;

  @Test
  void learnsAndSelectsTheBestEpoch() throws IOException {
    List<EpochRow> rows = new ArrayList<>();
    List<Integer> selected = new ArrayList<>();
    Trainings.begin(
        folder.resolve("run"),
        Trainings.config("train.epochs=6", "optimizer.decoder=0.01"),
        2,
        new Trainings.Silent() {
          @Override
          public void epoch(EpochRow row, boolean isSelected) {
            rows.add(row);
            if (isSelected) {
              selected.add(row.epoch());
            }
          }
        });
    double first = rows.getFirst().losses().get("total");
    double last = rows.getLast().losses().get("total");
    assertTrue(last < 0.8 * first, () -> "loss went from " + first + " to " + last);
    double best = rows.stream().mapToDouble(EpochRow::score).max().orElseThrow();
    assertEquals(best, rows.get(selected.getLast() - 1).score());
    try (var file = Safetensors.open(folder.resolve("run/checkpoints/best.safetensors"))) {
      assertEquals(selected.getLast().toString(), file.metadata().get("epoch"));
      assertTrue(file.entries().keySet().stream().noneMatch(n -> n.startsWith("auxiliary.")));
    }
    assertEquals(1 + 6, Files.readAllLines(folder.resolve("run/metrics.csv")).size());
  }

  @Test
  void aLossThatIsNotFiniteStopsAndKeepsTheLastGoodCheckpoint() throws IOException {
    Path path = folder.resolve("run");
    UserException e =
        assertThrows(
            UserException.class,
            () ->
                Trainings.begin(
                    path,
                    Trainings.config(
                        "optimizer.method=sgd",
                        "optimizer.encoder=1e18",
                        "optimizer.decoder=1e18",
                        "train.checkpoint_every=1"),
                    1,
                    new Trainings.Silent()));
    assertTrue(
        e.getMessage()
            .matches(
                "(loss|gradient) of [\\w.]+ is (NaN|-?Infinity|not finite) at step \\d \\(epoch 1\\): training stopped, .*"),
        e.getMessage());
    try (RunFolder run = RunFolder.open(path)) {
      Checkpoint kept = run.checkpoints().last().orElseThrow();
      assertTrue(
          e.getMessage().contains("the checkpoint of step " + kept.progress().step() + " is kept"));
      assertFinite(kept.tensors());
    }
  }

  @Test
  void withoutEpochsTheUntrainedWeightsAreSelected() {
    Path path = folder.resolve("run");
    assertTrue(
        Trainings.begin(path, Trainings.config("train.epochs=0"), 1, new Trainings.Silent()));
    try (RunFolder run = RunFolder.open(path);
        TrainedModel model = TrainedModel.load(run, Backends.cpu())) {
      assertEquals(3, model.tasks().size());
      assertEquals(13, model.classes().size());
    }
  }

  @Test
  void theFirstStepWaitsForNoMoreThanTheFirstBatches() {
    Config config = Trainings.config("data.rooms.train=100");
    Splits rooms = DataSource.open(config.data());
    Counting train = new Counting(rooms.train());
    Counting validation = new Counting(rooms.validation());
    Splits splits = new Splits(rooms.name(), rooms.classes(), train, validation, rooms.test());
    StopRequest stop = new StopRequest();
    TrainingListener once =
        new Trainings.Silent() {
          @Override
          public void step(Step made) {
            stop.make();
          }
        };
    try (RunFolder run = RunFolder.create(folder.resolve("run"), config);
        Trainer trainer = new Trainer(config, run, splits, Backends.cpu(), once, stop)) {
      assertEquals(Double.NaN, trainer.stopwatch().firstStepSeconds());
      assertFalse(trainer.train());
      assertEquals(1, trainer.step());
      assertTrue(trainer.stopwatch().firstStepSeconds() > trainer.stopwatch().seconds());
    }
    int most = (1 + config.data().loaders() + 1) * config.train().batch();
    assertTrue(train.loads.get() <= most, () -> train.loads + " images for one step");
    assertEquals(0, validation.loads.get());
  }

  /** Counts how often it is read. */
  private record Counting(Dataset source, AtomicInteger loads) implements Dataset {
    Counting(Dataset source) {
      this(source, new AtomicInteger());
    }

    @Override
    public String name() {
      return source.name();
    }

    @Override
    public int size() {
      return source.size();
    }

    @Override
    public Sample load(int index) {
      loads.incrementAndGet();
      return source.load(index);
    }
  }

  @Test
  void tasksCanBeTurnedOff() {
    Path path = folder.resolve("run");
    Trainings.begin(
        path,
        Trainings.config(
            "tasks.segmentation.enabled=false", "tasks.normals.enabled=false", "train.epochs=1"),
        1,
        new Trainings.Silent());
    try (RunFolder run = RunFolder.open(path);
        TrainedModel model = TrainedModel.load(run, Backends.cpu())) {
      assertEquals(List.of("depth"), List.copyOf(model.network().config().outputs().keySet()));
    }
  }

  private static void assertFinite(Path tensors) throws IOException {
    try (var file = Safetensors.open(tensors);
        var _ = TensorScope.open()) {
      for (String name : file.entries().keySet()) {
        Tensor tensor = file.read(name, Backends.cpu().memory());
        if (tensor.dtype() == DType.FLOAT32) {
          for (float value : tensor.toFloats()) {
            assertTrue(Float.isFinite(value), name);
          }
        }
      }
    }
  }
}
