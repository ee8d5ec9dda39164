package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.weighting.BoundedWeighting;
import io.auxgrad.mtl.weighting.FixedWeighting;
import io.auxgrad.mtl.weighting.UncertaintyWeighting;
import io.auxgrad.mtl.weighting.Weighting;
import io.auxgrad.nn.Context;
import java.util.List;

/** Makes the weighting of a configuration. */
final class Weightings {
  private Weightings() {}

  static Weighting of(Config config, Context context, List<Task> tasks) {
    return switch (config.weighting().method()) {
      case FIXED -> new FixedWeighting(TaskList.weights(config.tasks(), tasks));
      case UNCERTAINTY -> new UncertaintyWeighting(context, tasks);
      case BOUNDED -> new BoundedWeighting(context, tasks);
    };
  }
}
