package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.train.Export;
import io.auxgrad.mtl.train.TrainedModel;
import io.auxgrad.tensor.ops.Backend;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code auxgrad export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes the weights of the deployed network as safetensors.",
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "Folder of a run.")
  private Path folder;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file to write.")
  private Path file;

  @Option(
      names = "--layout",
      paramLabel = "auxgrad|torch",
      defaultValue = "auxgrad",
      description = "auxgrad: our names, weights OHWI. torch: PyTorch's names, weights OIHW.")
  private Export.Layout layout;

  @Option(
      names = "--weights",
      paramLabel = "best|last|average",
      defaultValue = "best",
      description = {
        "best: selected on validation. last: of the last checkpoint.",
        "average: the moving average (train.ema) of the last checkpoint."
      })
  private TrainedModel.Weights weights;

  @Mixin private EngineOptions engine;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Backend backend = engine.backend();
    try (RunFolder run = RunFolder.open(folder);
        TrainedModel model = TrainedModel.load(run, backend, weights)) {
      Export.write(model, layout, file);
      print(model.network());
      return 0;
    }
  }

  private void print(MultiTaskNetwork network) {
    Output out = output.output();
    String name = layout.name().toLowerCase(Locale.ROOT);
    out.text("%s: %,d parameters, layout %s".formatted(file, network.parameterCount(), name));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("file", file.toString());
    values.put("layout", name);
    values.put("model.deploy_parameters", network.parameterCount());
    out.result(values);
  }
}
