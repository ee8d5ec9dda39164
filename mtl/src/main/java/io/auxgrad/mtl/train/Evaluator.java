package io.auxgrad.mtl.train;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.BatchContent;
import io.auxgrad.mtl.data.BatchSource;
import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.metrics.Metric;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.tasks.TrivialPredictor;
import io.auxgrad.tensor.OutOfDeviceMemory;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Measures predictors over whole splits, at the configured size of images and labels.
 *
 * <p>Results have flat names: task, dot, metric, as in {@code segmentation.miou}.
 */
public final class Evaluator {
  private final List<Task> tasks;
  private final ImageSize size;
  private final int batch;
  private final int loaders;
  private final Backend backend;
  private final boolean records;

  /**
   * For the given tasks.
   *
   * @param size of images and labels
   * @param batch images at a time; does not change the results
   * @param loaders threads that prepare batches
   * @param backend computes
   * @param records whether the pass of a full batch is recorded and replayed
   */
  public Evaluator(
      List<Task> tasks, ImageSize size, int batch, int loaders, Backend backend, boolean records) {
    this.tasks = List.copyOf(tasks);
    this.size = size;
    this.batch = batch;
    this.loaders = loaders;
    this.backend = backend;
    this.records = records;
  }

  /** Makes the predictions of a batch by task. */
  private interface Predictor {
    Tensor predict(Task task);
  }

  /** Takes one batch of labels and images, which it has to gather. */
  private interface Consumer {
    void accept(Batch batch);
  }

  /**
   * The metrics of {@code network}, which is left in the mode it was in. The device is waited for
   * when all batches have been asked for.
   *
   * @throws UserException if there is no room for it, with what would fit
   */
  public SequencedMap<String, Double> evaluate(MultiTaskNetwork network, Dataset dataset) {
    boolean training = network.isTraining();
    network.train(false);
    try {
      return passes(network, dataset);
    } catch (OutOfDeviceMemory e) {
      throw new UserException(advice(network, dataset).after(e), e);
    } finally {
      network.train(training);
    }
  }

  private SequencedMap<String, Double> passes(MultiTaskNetwork network, Dataset dataset) {
    try (var _ = TensorScope.open();
        Repeated repeated = new Repeated(backend, records)) {
      Map<String, Metric> metrics = newMetrics();
      forEachBatch(
          dataset,
          b -> {
            if (b.count() == batch) {
              repeated.run(b, () -> pass(network, b, metrics));
            } else {
              pass(network, b, metrics);
            }
          });
      return flat(metrics);
    }
  }

  private EvaluationAdvice advice(MultiTaskNetwork network, Dataset dataset) {
    return new EvaluationAdvice(
        network, size, batch, backend.memory(), images -> peak(network, dataset, images));
  }

  /** The bytes in use at most in a pass of the first {@code images}. */
  private long peak(MultiTaskNetwork network, Dataset dataset, int images) {
    try (BatchSource source = BatchSource.evaluation(dataset, size, images, 1);
        Batch few = Batch.taking(backend.memory(), source.next());
        var _ = TensorScope.open();
        var _ = Tape.noGrad()) {
      Map<String, Metric> metrics = newMetrics();
      return MemoryNeed.peak(backend.memory(), () -> pass(network, few, metrics));
    }
  }

  private void pass(MultiTaskNetwork network, Batch b, Map<String, Metric> metrics) {
    b.gather();
    try (var _ = TensorScope.open()) {
      Map<String, Variable> outputs = network.forward(Variable.constant(b.images())).main();
      update(
          metrics,
          b,
          task -> task.predict(outputs.get(task.name()).value(), size.height(), size.width()));
    }
  }

  /** Fits a trivial predictor for each task to the labels of {@code dataset}. */
  public Map<String, TrivialPredictor> fitTrivial(Dataset dataset) {
    Map<String, TrivialPredictor> predictors = new LinkedHashMap<>();
    tasks.forEach(task -> predictors.put(task.name(), task.newTrivialPredictor()));
    forEachBatch(
        dataset,
        b -> {
          b.gather();
          predictors.values().forEach(p -> p.fit(b));
        });
    return predictors;
  }

  /** The metrics of trivial predictors. */
  public SequencedMap<String, Double> evaluate(
      Map<String, TrivialPredictor> trivial, Dataset dataset) {
    try (var _ = TensorScope.open()) {
      Map<String, Metric> metrics = newMetrics();
      forEachBatch(
          dataset,
          b -> {
            b.gather();
            update(
                metrics,
                b,
                task ->
                    trivial
                        .get(task.name())
                        .predict(backend.memory(), b.count(), size.height(), size.width()));
          });
      return flat(metrics);
    }
  }

  private Map<String, Metric> newMetrics() {
    Map<String, Metric> metrics = new LinkedHashMap<>();
    tasks.forEach(task -> metrics.put(task.name(), task.newMetric(backend.memory())));
    return metrics;
  }

  private void forEachBatch(Dataset dataset, Consumer consumer) {
    Batch current = null;
    try (BatchSource source = BatchSource.evaluation(dataset, size, batch, loaders);
        var _ = Tape.noGrad()) {
      while (source.hasNext()) {
        current = taking(current, source.next());
        try (var _ = TensorScope.open()) {
          consumer.accept(current);
        }
      }
    } finally {
      if (current != null) {
        current.close();
      }
    }
  }

  /** {@code before}, which may be null, with {@code content}; a new one for another size. */
  private Batch taking(Batch before, BatchContent content) {
    if (before != null && before.count() == content.count()) {
      before.take(content);
      return before;
    }
    if (before != null) {
      before.close();
    }
    return Batch.taking(backend.memory(), content);
  }

  private void update(Map<String, Metric> metrics, Batch b, Predictor predictor) {
    for (Task task : tasks) {
      try (Tensor prediction = predictor.predict(task)) {
        metrics.get(task.name()).update(prediction, b);
      }
    }
  }

  private static SequencedMap<String, Double> flat(Map<String, Metric> metrics) {
    SequencedMap<String, Double> flat = new LinkedHashMap<>();
    metrics.forEach((task, metric) ->
        metric.results().forEach((name, value) -> flat.put(task + "." + name, value)));
    return flat;
  }
}
