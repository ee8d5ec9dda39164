package io.auxgrad.mtl.train;

import io.auxgrad.mtl.run.EpochRow;
import io.auxgrad.mtl.run.Progress;
import io.auxgrad.nn.RandomState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Where a training stands: the changing form of {@link Progress}. */
final class Standing {
  private final List<EpochRow> history = new ArrayList<>();
  private final SequencedMap<String, Double> running = new LinkedHashMap<>();
  private long step;
  private int epoch;
  private int batch;
  private int bestEpoch;
  private double bestScore;

  /** At the very beginning. */
  Standing() {}

  /** Where {@code progress} was. */
  Standing(Progress progress) {
    history.addAll(progress.history());
    running.putAll(progress.running());
    step = progress.step();
    epoch = progress.epoch();
    batch = progress.batch();
    bestEpoch = progress.bestEpoch();
    bestScore = progress.bestScore();
  }

  Progress progress(int threads, RandomState random) {
    return new Progress(
        step,
        epoch,
        batch,
        threads,
        random,
        new LinkedHashMap<>(running),
        history,
        bestEpoch,
        bestScore);
  }

  /** Takes in a step with these losses. */
  void stepMade(Map<String, Double> losses) {
    losses.forEach((name, value) -> running.merge(name, value, Double::sum));
    step++;
    batch++;
  }

  /** Ends the epoch in work; {@code score} is null where it was not validated. Returns its row. */
  EpochRow epochEnded(SequencedMap<String, Double> validation, Double score) {
    SequencedMap<String, Double> means = new LinkedHashMap<>();
    running.forEach((name, sum) -> means.put(name, sum / batch));
    EpochRow row = new EpochRow(epoch + 1, step, means, validation, score);
    history.add(row);
    if (isBest(row)) {
      bestEpoch = row.epoch();
      bestScore = score;
    }
    running.clear();
    epoch++;
    batch = 0;
    return row;
  }

  private boolean isBest(EpochRow row) {
    return row.score() != null
        && !row.score().isNaN()
        && (bestEpoch == 0 || row.score() > bestScore);
  }

  List<EpochRow> history() {
    return history;
  }

  long step() {
    return step;
  }

  int epoch() {
    return epoch;
  }

  int batch() {
    return batch;
  }

  int bestEpoch() {
    return bestEpoch;
  }

  double bestScore() {
    return bestScore;
  }
}
