package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.OptimizerConfig;
import io.auxgrad.nn.Parameter;
import io.auxgrad.nn.optim.Adam;
import io.auxgrad.nn.optim.AdamW;
import io.auxgrad.nn.optim.Optimizer;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.nn.optim.Sgd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the optimiser of a configuration, with a group for each learning rate and weight decay. */
final class Optimizers {
  private static final double EPS = 1e-8;

  private Optimizers() {}

  /**
   * For the parameters of a network, told apart by the first part of their names, and of a
   * weighting.
   */
  static Optimizer of(
      OptimizerConfig config, Map<String, Parameter> network, Map<String, Parameter> weighting) {
    List<ParameterGroup> groups = new ArrayList<>();
    Map<String, Parameter> encoder = new LinkedHashMap<>();
    Map<String, Parameter> auxiliary = new LinkedHashMap<>();
    Map<String, Parameter> decoder = new LinkedHashMap<>();
    network.forEach((name, p) -> {
      Map<String, Parameter> part =
          name.startsWith("encoder.")
              ? encoder
              : name.startsWith("auxiliary.") ? auxiliary : decoder;
      part.put(name, p);
    });
    add(groups, "encoder", encoder, config.encoder(), config.weightDecay());
    add(groups, "decoder", decoder, config.decoder(), config.weightDecay());
    add(groups, "auxiliary", auxiliary, config.auxiliary(), config.weightDecay());
    add(groups, "weighting", weighting, config.weighting(), 0);
    return switch (config.method()) {
      case SGD -> new Sgd(groups, config.momentum(), 0, config.nesterov());
      case ADAM -> new Adam(groups, config.beta1(), config.beta2(), EPS);
      case ADAMW -> new AdamW(groups, config.beta1(), config.beta2(), EPS);
    };
  }

  // Biases and the scales of normalisation have one dimension; pulling them to zero helps nobody.
  private static void add(
      List<ParameterGroup> groups,
      String name,
      Map<String, Parameter> parameters,
      double learningRate,
      double decay) {
    Map<String, Parameter> weights = new LinkedHashMap<>(parameters);
    weights.values().removeIf(p -> p.value().shape().rank() < 2);
    Map<String, Parameter> vectors = new LinkedHashMap<>(parameters);
    vectors.keySet().removeAll(weights.keySet());
    if (!weights.isEmpty()) {
      groups.add(new ParameterGroup(name, weights, learningRate, decay));
    }
    if (!vectors.isEmpty()) {
      groups.add(new ParameterGroup(name + "-vectors", vectors, learningRate, 0));
    }
  }
}
