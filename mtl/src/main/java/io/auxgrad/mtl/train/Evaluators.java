package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.TrainConfig.Capture;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.ops.Backend;
import java.util.List;

/** Makes the evaluator of a configuration. */
public final class Evaluators {
  private Evaluators() {}

  /**
   * At the configuration's size of images, in batches of its size. Preparing images takes most of
   * the time where no network runs, so it gets as many threads as the engine.
   */
  public static Evaluator of(Config config, List<Task> tasks, Backend backend) {
    return new Evaluator(
        tasks,
        config.data().size(),
        config.train().batch(),
        Math.max(config.data().loaders(), backend.threads()),
        backend,
        captures(config.train().capture(), backend.memory().device()));
  }

  // A pass on the CPU gains little by it, and its memory would lie beside that of the steps.
  private static boolean captures(Capture capture, Device device) {
    return switch (capture) {
      case ALWAYS -> true;
      case NEVER -> false;
      case AUTO -> device.kind() == Device.Kind.CUDA;
    };
  }
}
