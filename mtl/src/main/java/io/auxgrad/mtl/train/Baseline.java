package io.auxgrad.mtl.train;

import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.tasks.TrivialPredictor;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Trivial predictors, fitted to the training split: majority class, mean depth, mean normal.
 *
 * <p>Fitting reads the whole split, so it waits until metrics are asked for: a training has made
 * its first epoch by then, and the samples are in memory. Used by one thread.
 */
public final class Baseline {
  private final Evaluator evaluator;
  private final Dataset training;
  private Map<String, TrivialPredictor> predictors;

  /** For the tasks of {@code evaluator}; nothing is read yet. */
  public Baseline(Evaluator evaluator, Splits splits) {
    this.evaluator = evaluator;
    this.training = splits.train();
  }

  /** Their metrics on a split, by flat name. */
  public SequencedMap<String, Double> metrics(Dataset dataset) {
    if (predictors == null) {
      predictors = evaluator.fitTrivial(training);
    }
    return evaluator.evaluate(predictors, dataset);
  }
}
