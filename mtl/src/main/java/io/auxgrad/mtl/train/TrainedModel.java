package io.auxgrad.mtl.train;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.nn.state.StateDict;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.ops.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The network of a run without the auxiliary module, in inference mode and in the run's precision.
 *
 * @param config of the run
 * @param classes names of the classes
 * @param tasks what is predicted
 * @param network closed with this
 */
public record TrainedModel(
    Config config, List<String> classes, List<Task> tasks, MultiTaskNetwork network)
    implements AutoCloseable {

  /** Which weights of a run. */
  public enum Weights {
    /** Selected on the validation split. */
    BEST,
    /** Trained ones of the last checkpoint. */
    LAST,
    /** The moving average of the last checkpoint. */
    AVERAGE
  }

  /** Loads the selected weights of {@code run}. */
  public static TrainedModel load(RunFolder run, Backend backend) {
    return load(run, backend, Weights.BEST);
  }

  /**
   * Loads weights of {@code run}.
   *
   * @throws UserException if there are none yet, or they are damaged or do not fit the
   *     configuration
   */
  public static TrainedModel load(RunFolder run, Backend backend, Weights weights) {
    Path selected = run.checkpoints().bestFile();
    if (!Files.exists(selected)) {
      throw new UserException(
          "run " + run.path() + " has no selected weights yet: train until an epoch was validated");
    }
    try {
      List<String> classes = classes(selected);
      List<Task> tasks = TaskList.of(run.config().tasks(), classes.size());
      MultiTaskNetwork network =
          weights == Weights.BEST
              ? deployed(run.config(), tasks, backend, selected)
              : trained(run, tasks, backend, weights == Weights.LAST ? "network." : "ema.");
      network.precision(run.config().precision());
      return new TrainedModel(run.config(), classes, tasks, network);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException(
          "weights of run " + run.path() + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static List<String> classes(Path file) throws IOException {
    try (SafetensorsFile source = Safetensors.open(file)) {
      return SelectedWeights.classes(file, source.metadata());
    }
  }

  private static MultiTaskNetwork deployed(
      Config config, List<Task> tasks, Backend backend, Path file) throws IOException {
    MultiTaskNetwork network = network(config, config.network(tasks).deployed(), backend);
    load(network, file, "");
    network.train(false);
    return network;
  }

  private static MultiTaskNetwork trained(
      RunFolder run, List<Task> tasks, Backend backend, String prefix) throws IOException {
    Path file =
        run.checkpoints()
            .last()
            .orElseThrow(() -> new UserException("run " + run.path() + " has no checkpoint yet"))
            .tensors();
    if (prefix.equals("ema.") && run.config().train().ema() == 0) {
      throw new UserException("run " + run.path() + " has no moving average: train.ema was 0");
    }
    Config config = run.config();
    try (MultiTaskNetwork network = network(config, config.network(tasks), backend)) {
      load(network, file, prefix);
      return network.deploy();
    }
  }

  private static void load(MultiTaskNetwork network, Path file, String prefix) throws IOException {
    try (SafetensorsFile source = Safetensors.open(file)) {
      StateDict.load(network.state(), source, prefix);
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static MultiTaskNetwork network(Config config, NetworkConfig network, Backend backend) {
    return new MultiTaskNetwork(new Context(backend, new Philox(config.seed(), 0)), network);
  }

  @Override
  public void close() {
    network.close();
  }
}
