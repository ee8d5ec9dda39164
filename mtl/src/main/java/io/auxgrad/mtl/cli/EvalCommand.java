package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.ConfigBuilder;
import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.DeviceData;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.network.ModelSummary;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.train.Baseline;
import io.auxgrad.mtl.train.DataSource;
import io.auxgrad.mtl.train.Evaluator;
import io.auxgrad.mtl.train.Evaluators;
import io.auxgrad.mtl.train.TrainedModel;
import io.auxgrad.tensor.ops.Backend;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code auxgrad eval}. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    description = "Measures the selected weights of a run, beside trivial predictors.",
    sortOptions = false)
final class EvalCommand implements Callable<Integer> {
  private enum Split {
    TEST,
    VAL,
    TRAIN
  }

  @Parameters(paramLabel = "RUN", description = "Folder of a run.")
  private Path folder;

  @Option(
      names = "--split",
      paramLabel = "test|val|train",
      defaultValue = "test",
      description = "Which images; test if not given.")
  private Split split;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the data set, if it is not where the run found it.")
  private Path data;

  @Mixin private EngineOptions engine;

  @Mixin private PrecisionOption precision;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Backend backend = engine.backend();
    try (RunFolder run = RunFolder.open(folder);
        TrainedModel model = TrainedModel.load(run, backend)) {
      precision.apply(model.network(), backend, output.output());
      evaluate(run, model, backend);
      return 0;
    }
  }

  private void evaluate(RunFolder run, TrainedModel model, Backend backend) {
    Config config = config(run.config());
    try (DeviceData data = new DeviceData(backend, config.data().memory(), output.output()::note)) {
      Splits splits = data.splits(DataSource.open(config.data()), config.data().size());
      evaluate(run, config, splits, model, backend);
    }
  }

  private void evaluate(
      RunFolder run, Config config, Splits splits, TrainedModel model, Backend backend) {
    Dataset dataset =
        switch (split) {
          case TEST -> splits.test();
          case VAL -> splits.validation();
          case TRAIN -> splits.train();
        };
    Evaluator evaluator = Evaluators.of(config, model.tasks(), backend);
    SequencedMap<String, Double> network = evaluator.evaluate(model.network(), dataset);
    SequencedMap<String, Double> trivial = new Baseline(evaluator, splits).metrics(dataset);
    ModelSummary size =
        ModelSummary.of(
            model.network(), config.data().size().height(), config.data().size().width());
    print(run, dataset, network, trivial, size);
  }

  private void print(
      RunFolder run,
      Dataset dataset,
      SequencedMap<String, Double> network,
      SequencedMap<String, Double> trivial,
      ModelSummary size) {
    Output out = output.output();
    out.text("%s: %d images\n".formatted(dataset.name(), dataset.size()));
    out.text(MetricFormat.table(network, trivial));
    SequencedMap<String, Object> values = new LinkedHashMap<>(network);
    trivial.forEach((name, value) -> values.put("trivial." + name, value));
    values.put("split", split.name().toLowerCase(Locale.ROOT));
    values.put("images", dataset.size());
    values.put("model.deploy_parameters", size.totalParameters());
    values.put("model.deploy_macs", size.macs());
    values.put("run", run.path().toString());
    out.result(values);
  }

  private Config config(Config stored) {
    ConfigBuilder builder = new ConfigBuilder().config(stored);
    if (data != null) {
      builder.set("data.folder", data.toString(), "--data");
    }
    return builder.build();
  }
}
