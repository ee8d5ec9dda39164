package io.auxgrad.nn.optim;

import io.auxgrad.nn.Parameter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parameters that are trained with the same learning rate and weight decay, for example those of
 * the encoder.
 */
public final class ParameterGroup {
  private final String name;
  private final Map<String, Parameter> parameters;
  private final double baseLearningRate;
  private final double weightDecay;
  private double learningRate;

  /**
   * A group.
   *
   * @param name without dots, different from those of the optimiser's other groups; part of the
   *     names of saved state
   * @param parameters by name, as {@link io.auxgrad.nn.Module#parameters} gives them
   * @param learningRate before any schedule, not negative
   * @param weightDecay not negative
   */
  public ParameterGroup(
      String name, Map<String, Parameter> parameters, double learningRate, double weightDecay) {
    if (name.isEmpty() || name.contains(".")) {
      throw new IllegalArgumentException(
          "parameter group: the name '" + name + "' must not be empty or contain a dot");
    }
    if (!(learningRate >= 0 && weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "parameter group '%s': learning rate %s and weight decay %s must not be negative"
              .formatted(name, learningRate, weightDecay));
    }
    this.name = name;
    this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    this.baseLearningRate = learningRate;
    this.weightDecay = weightDecay;
    this.learningRate = learningRate;
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The parameters by name. */
  public Map<String, Parameter> parameters() {
    return parameters;
  }

  /** The learning rate before any schedule. */
  public double baseLearningRate() {
    return baseLearningRate;
  }

  /** The learning rate of the next step. */
  public double learningRate() {
    return learningRate;
  }

  /** Sets the learning rate of the next step. */
  public void learningRate(double learningRate) {
    this.learningRate = learningRate;
  }

  /** The weight decay. */
  public double weightDecay() {
    return weightDecay;
  }
}
