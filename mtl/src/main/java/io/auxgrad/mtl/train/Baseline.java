package io.auxgrad.mtl.train;

import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.tasks.TrivialPredictor;
import java.util.Map;
import java.util.SequencedMap;

/** Trivial predictors, fitted to the training split: majority class, mean depth, mean normal. */
public final class Baseline {
  private final Evaluator evaluator;
  private final Map<String, TrivialPredictor> predictors;

  /** Fits them. */
  public Baseline(Evaluator evaluator, Splits splits) {
    this.evaluator = evaluator;
    this.predictors = evaluator.fitTrivial(splits.train());
  }

  /** Their metrics on a split, by flat name. */
  public SequencedMap<String, Double> metrics(Dataset dataset) {
    return evaluator.evaluate(predictors, dataset);
  }
}
