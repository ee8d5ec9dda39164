package io.auxgrad.mtl.train;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.data.Augmentation;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.BatchContent;
import io.auxgrad.mtl.data.BatchSource;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.run.Checkpoint;
import io.auxgrad.mtl.run.Checkpoints;
import io.auxgrad.mtl.run.EpochRow;
import io.auxgrad.mtl.run.Progress;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.run.TextFile;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.optim.Ema;
import io.auxgrad.tensor.OutOfDeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.ops.Backend;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Trains the network of a run, from its beginning or from its last checkpoint.
 *
 * <p>The same configuration and thread count give the same checkpoints byte for byte, however often
 * the training was stopped or killed and resumed. Epochs are selected on the validation split by
 * {@link Score}.
 */
public final class Trainer implements AutoCloseable {
  private final Config config;
  private final RunFolder run;
  private final Checkpoints checkpoints;
  private final Splits splits;
  private final Backend backend;
  private final TrainingListener listener;
  private final StopRequest stop;
  private final Learner learner;
  private final Evaluator evaluator;
  private final Baseline baseline;
  private final Augmentation augmentation;
  private final Stopwatch stopwatch = new Stopwatch();
  private final long stepsPerEpoch;
  private Standing standing = new Standing();
  private Score score;
  private long savedStep;
  private Batch batch;
  private Unfinished unfinished;
  private long lastFinished = System.nanoTime();

  /** A step that was asked for at {@code begin}. */
  private record Unfinished(PendingLosses losses, long begin) {}

  /**
   * Prepares a training; takes up the last checkpoint of {@code run} if there is one.
   *
   * @param config of the run; threads and folders may differ from those it was begun with
   * @param run where it writes; locked by the caller
   * @param splits the images, of {@code config}
   * @param backend computes; its number of threads decides the last bits of the result
   * @param listener is told how it goes
   * @param stop ends it early
   * @throws UserException if that checkpoint is damaged or does not fit
   */
  public Trainer(
      Config config,
      RunFolder run,
      Splits splits,
      Backend backend,
      TrainingListener listener,
      StopRequest stop) {
    this.config = config;
    this.stop = stop;
    this.run = run;
    this.checkpoints = run.checkpoints();
    this.splits = splits;
    this.backend = backend;
    this.listener = listener;
    this.augmentation = DataSource.augmentation(config.augment());
    this.stepsPerEpoch = splits.train().size() / config.train().batch();
    int classes = splits.classes().size();
    List<Task> tasks =
        TaskList.of(
            config.tasks(),
            ClassWeights.of(config.tasks().segmentation().classWeights(), splits.train(), classes));
    this.evaluator = Evaluators.of(config, tasks, backend);
    this.baseline = new Baseline(evaluator, splits);
    this.learner =
        new Learner(
            config,
            new Context(backend, new Philox(config.seed(), 0)),
            tasks,
            Schedules.of(config.schedule(), stepsPerEpoch, config.train().epochs()));
    try {
      resume();
    } catch (RuntimeException e) {
      learner.close();
      throw e;
    }
  }

  /** Trains until the last epoch ends or a stop is requested; true if the training is complete. */
  public boolean train() {
    listener.begins(standing.step(), stepsPerEpoch * config.train().epochs());
    try {
      while (standing.epoch() < config.train().epochs()) {
        if (!epoch()) {
          return false;
        }
      }
      selectSomething();
      return true;
    } finally {
      listener.ends();
    }
  }

  /** Steps made so far, resumed ones included. */
  public long step() {
    return standing.step();
  }

  /** The selected epoch, from 1; 0 if none was validated. */
  public int bestEpoch() {
    return standing.bestEpoch();
  }

  /** How fast this process was. */
  public Stopwatch stopwatch() {
    return stopwatch;
  }

  /** The predictors to compare with. */
  public Baseline baseline() {
    return baseline;
  }

  /** Trained values, those of the auxiliary module included. */
  public long parameterCount() {
    return learner.network().parameterCount();
  }

  // True when the epoch was finished, false when a stop was requested before.
  private boolean epoch() {
    try (BatchSource loader = loader()) {
      while (loader.hasNext()) {
        step(loader);
        if (stop.isMade()) {
          break;
        }
        int every = config.train().checkpointEvery();
        if (every > 0 && begun() % every == 0 && loader.hasNext()) {
          finish();
          save();
        }
      }
      finish();
      if (!loader.hasNext()) {
        endEpoch();
      }
    }
    save();
    return !stop.isMade() || standing.epoch() == config.train().epochs();
  }

  private BatchSource loader() {
    return BatchSource.training(
        splits.train(),
        augmentation,
        config.data().size(),
        config.train().batch(),
        config.seed(),
        standing.epoch(),
        standing.batch(),
        config.data().loaders());
  }

  // The step before is waited for when the device has this one to go on with.
  private void step(BatchSource loader) {
    long begin = System.nanoTime();
    PendingLosses losses;
    try {
      fill(loader.next());
      losses = learner.step(batch, begun());
    } catch (OutOfDeviceMemory e) {
      throw new UserException(outOfMemory(e), e);
    }
    finish();
    unfinished = new Unfinished(losses, begin);
    if (losses.isHere()) {
      finish();
    }
  }

  private void fill(BatchContent content) {
    if (batch == null) {
      batch = Batch.taking(backend.memory(), content);
    } else {
      batch.take(content);
    }
  }

  /** Steps that were asked for, in all epochs. */
  private long begun() {
    return standing.step() + (unfinished == null ? 0 : 1);
  }

  /** Waits until all that was asked for is done. */
  private void finish() {
    if (unfinished == null) {
      return;
    }
    SequencedMap<String, Double> losses;
    try {
      losses = unfinished.losses.await();
    } catch (Diverged e) {
      throw diverged(e);
    }
    standing.stepMade(losses);
    long now = System.nanoTime();
    double seconds = (now - Math.max(unfinished.begin, lastFinished)) * 1e-9;
    lastFinished = now;
    unfinished = null;
    stopwatch.add(seconds, batch.count());
    listener.step(
        new TrainingListener.Step(
            standing.epoch() + 1, standing.step(), losses, seconds, batch.count()));
  }

  private String outOfMemory(OutOfDeviceMemory e) {
    closeBatch(); // what would fit is found out by smaller steps in its place
    return new MemoryAdvice(config, learner, splits.train(), backend.memory()).after(e);
  }

  private void endEpoch() {
    if (!learner.isRecorded()) {
      closeBatch(); // an evaluation has its own, and both may be more than there is room for
    }
    int number = standing.epoch() + 1;
    boolean validate =
        number % config.train().validateEvery() == 0 || number == config.train().epochs();
    SequencedMap<String, Double> metrics = new LinkedHashMap<>();
    Double reached = null;
    EpochRow row;
    try (Ema.Use _ = learner.useDeployedWeights()) {
      if (validate) {
        metrics = evaluator.evaluate(learner.network(), splits.validation());
        reached = score().of(metrics);
      }
      row = standing.epochEnded(metrics, reached);
      if (standing.bestEpoch() == number) {
        SelectedWeights.save(checkpoints, learner.network(), splits.classes(), number);
      }
    }
    TextFile.write(run.metricsFile(), MetricsCsv.of(standing.history()));
    listener.epoch(row, standing.bestEpoch() == number);
  }

  private Score score() {
    if (score == null) {
      score = new Score(baseline.metrics(splits.validation()));
    }
    return score;
  }

  // Without any epoch the untrained weights are what there is to evaluate.
  private void selectSomething() {
    if (standing.bestEpoch() == 0) {
      try (Ema.Use _ = learner.useDeployedWeights()) {
        SelectedWeights.save(checkpoints, learner.network(), splits.classes(), standing.epoch());
      }
    }
  }

  private void save() {
    checkpoints.save(standing.progress(backend.threads(), learner.random()), learner.tensors());
    savedStep = standing.step();
  }

  private void resume() {
    Optional<Checkpoint> last = checkpoints.last();
    if (last.isEmpty()) {
      return;
    }
    Checkpoint checkpoint = last.get();
    requirePosition(checkpoint);
    try {
      learner.load(
          checkpoint.tensors(), checkpoint.progress().random(), checkpoint.progress().step());
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException(
          "checkpoint %s does not fit this run: %s".formatted(checkpoint.tensors(), e.getMessage()),
          e);
    }
    standing = new Standing(checkpoint.progress());
    savedStep = standing.step();
    TextFile.write(run.metricsFile(), MetricsCsv.of(standing.history()));
  }

  private void requirePosition(Checkpoint checkpoint) {
    Progress at = checkpoint.progress();
    if (at.batch() < 0
        || at.epoch() < 0
        || at.epoch() > config.train().epochs()
        || at.step() != at.epoch() * stepsPerEpoch + at.batch()) {
      throw new UserException(
          "checkpoint %s does not fit this run: step %d is not batch %d of epoch %d with %d steps per epoch; is --data the same?"
              .formatted(
                  checkpoint.tensors(), at.step(), at.batch(), at.epoch() + 1, stepsPerEpoch));
    }
  }

  private UserException diverged(Diverged e) {
    String kept =
        savedStep == 0
            ? "no checkpoint was due yet"
            : "the checkpoint of step " + savedStep + " is kept";
    return new UserException(
        "%s at step %d (epoch %d): training stopped, %s; lower the learning rates under optimizer, or set optimizer.clip"
            .formatted(e.getMessage(), standing.step() + 1, standing.epoch() + 1, kept),
        e);
  }

  private void closeBatch() {
    if (batch != null) {
      batch.close();
      batch = null;
    }
  }

  @Override
  public void close() {
    closeBatch();
    learner.close();
  }
}
