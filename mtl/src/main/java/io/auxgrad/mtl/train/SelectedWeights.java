package io.auxgrad.mtl.train;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.run.Checkpoints;
import io.auxgrad.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The file of the weights that are evaluated and deployed: without the auxiliary module. */
final class SelectedWeights {
  static final String CLASSES = "classes";
  static final String EPOCH = "epoch";
  private static final String SEPARATOR = "\n";

  private SelectedWeights() {}

  /** Saves the weights that {@code network} has now. */
  static void save(
      Checkpoints checkpoints, MultiTaskNetwork network, List<String> classes, int epoch) {
    Map<String, Tensor> weights = new LinkedHashMap<>(network.state());
    weights.keySet().removeIf(name -> name.startsWith("auxiliary."));
    checkpoints.saveBest(
        weights,
        Map.of(
            "format", "auxgrad-network", CLASSES, text(classes), EPOCH, Integer.toString(epoch)));
  }

  /** The names of the classes as metadata. */
  static String text(List<String> classes) {
    return String.join(SEPARATOR, classes);
  }

  /** The names of the classes in a file's metadata. */
  static List<String> classes(Path file, Map<String, String> metadata) {
    String classes = metadata.get(CLASSES);
    if (classes == null) {
      throw new UserException(file + " was not written by auxgrad: its metadata names no classes");
    }
    return List.of(classes.split(SEPARATOR));
  }
}
