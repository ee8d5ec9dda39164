package io.auxgrad.mtl.run;

import io.auxgrad.nn.RandomState;
import java.util.List;
import java.util.SequencedMap;

/**
 * Where a training stands, beside its tensors. No times and no names of machines: two runs that did
 * the same have the same progress.
 *
 * @param step steps made
 * @param epoch the one in work, from 0; equal to {@code train.epochs} at the end
 * @param batch next batch of that epoch
 * @param threads that made it
 * @param random the network's generator
 * @param running sums of the losses over the steps of the epoch in work, by name
 * @param history finished epochs
 * @param bestEpoch the selected epoch, from 1; 0 if none yet
 * @param bestScore its score; 0 if none yet
 */
public record Progress(
    long step,
    int epoch,
    int batch,
    int threads,
    RandomState random,
    SequencedMap<String, Double> running,
    List<EpochRow> history,
    int bestEpoch,
    double bestScore) {
  /** Takes a copy of the history. */
  public Progress {
    history = List.copyOf(history);
  }
}
