package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.data.BatchSource;
import io.auxgrad.mtl.data.DeviceData;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.tensor.ops.Backend;

/**
 * Steps of a {@link Learner} on batches of the data set, which {@code data.memory} has a place for.
 */
final class RoomsRun implements AutoCloseable {
  private final DeviceData data;
  private final BatchSource source;
  private final LearnerRun run;

  RoomsRun(Config config, Backend backend) {
    Splits splits = DataSource.open(config.data());
    data = new DeviceData(backend, config.data().memory(), _ -> {});
    source =
        BatchSource.training(
            data.splits(splits, config.data().size()).train(),
            DataSource.augmentation(config.augment()),
            config.data().size(),
            config.train().batch(),
            config.seed(),
            0,
            0,
            1);
    run =
        new LearnerRun(
            config, backend, TaskList.of(config.tasks(), splits.classes().size()), source::next);
  }

  static LearnerRun.Outcome outcome(Config config, Backend backend, int steps) throws Diverged {
    try (RoomsRun rooms = new RoomsRun(config, backend)) {
      return rooms.run.outcome(steps);
    }
  }

  LearnerRun run() {
    return run;
  }

  @Override
  public void close() {
    run.close();
    source.close();
    data.close();
  }
}
