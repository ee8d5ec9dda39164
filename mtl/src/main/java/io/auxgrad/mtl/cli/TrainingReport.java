package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.network.ModelSummary;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.train.Evaluators;
import io.auxgrad.mtl.train.TrainedModel;
import io.auxgrad.mtl.train.Trainer;
import io.auxgrad.tensor.ops.Backend;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The results of a complete training: the selected weights on the test split.
 *
 * @param values by flat name
 * @param text for people
 */
record TrainingReport(SequencedMap<String, Object> values, String text) {
  static TrainingReport of(
      RunFolder run, Config config, Splits splits, Backend backend, Trainer trainer) {
    try (TrainedModel model = TrainedModel.load(run, backend)) {
      SequencedMap<String, Double> network =
          Evaluators.of(config, model.tasks(), backend).evaluate(model.network(), splits.test());
      SequencedMap<String, Double> trivial = trainer.baseline().metrics(splits.test());
      ModelSummary size =
          ModelSummary.of(
              model.network(), config.data().size().height(), config.data().size().width());
      SheetWriter.write(run.sheetFile(), model, splits, backend);

      SequencedMap<String, Object> values = new LinkedHashMap<>(network);
      trivial.forEach((name, value) -> values.put("trivial." + name, value));
      values.put("train.steps", trainer.step());
      values.put("train.best_epoch", trainer.bestEpoch());
      values.put("train.images_per_second", trainer.stopwatch().imagesPerSecond());
      values.put("train.first_step_seconds", trainer.stopwatch().firstStepSeconds());
      values.put("train.step_ms", trainer.stopwatch().medianStepMillis());
      values.put("model.parameters", trainer.parameterCount());
      values.put("model.deploy_parameters", size.totalParameters());
      values.put("model.deploy_macs", size.macs());
      values.put("run", run.path().toString());
      values.put("sheet", run.sheetFile().toString());
      return new TrainingReport(values, text(run, config, network, trivial, trainer, size));
    }
  }

  private static String text(
      RunFolder run,
      Config config,
      SequencedMap<String, Double> network,
      SequencedMap<String, Double> trivial,
      Trainer trainer,
      ModelSummary size) {
    return """

    Test split, weights of epoch %d (selected on validation):

    %s

    network: %,d parameters, %.3f GMAC at %s (training: %,d parameters)
    run:     %s
    sheet:   %s\
    """
        .formatted(
            trainer.bestEpoch(),
            MetricFormat.table(network, trivial),
            size.totalParameters(),
            size.macs() * 1e-9,
            config.data().size(),
            trainer.parameterCount(),
            run.path(),
            run.sheetFile());
  }
}
