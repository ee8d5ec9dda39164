package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.TrainConfig.Capture;
import io.auxgrad.mtl.data.DeviceData;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.run.Checkpoint;
import io.auxgrad.mtl.run.Environment;
import io.auxgrad.mtl.run.Json;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.run.TextFile;
import io.auxgrad.mtl.train.DataSource;
import io.auxgrad.mtl.train.Trainer;
import io.auxgrad.mtl.train.TrainingListener;
import io.auxgrad.tensor.ops.Backend;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What {@code auxgrad train} does. */
final class Training {
  private final Output output;
  private final TrainCommand options;

  Training(Output output, TrainCommand options) {
    this.output = output;
    this.options = options;
  }

  int run() {
    try (GracefulStop stop = new GracefulStop()) {
      RunChoice choice = RunChoice.of(options, output);
      Splits splits = DataSource.open(choice.config().data());
      // Before there is a folder: a device that is not there leaves none behind.
      Backend backend = EngineOptions.backend(choice.config().device(), choice.config().threads());
      Config config = choice.config();
      try (RunFolder run = choice.open();
          DeviceData data = new DeviceData(backend, config.data().memory(), output::note)) {
        output.note("run folder: " + run.path());
        return train(run, config, data.splits(splits, config.data().size()), backend, stop);
      }
    }
  }

  private int train(
      RunFolder run, Config config, Splits splits, Backend backend, GracefulStop stop) {
    warnAboutThreads(run, backend);
    output.note(backend.describe());
    PrecisionOption.announce(config.precision(), backend, output);
    announceEagerSteps(config);
    Environment.record(run, backend);
    try (Trainer trainer = new Trainer(config, run, splits, backend, listener(), stop.request())) {
      if (trainer.train()) {
        report(run, config, splits, backend, trainer);
      } else {
        stopped(run, trainer);
      }
      return 0;
    }
  }

  private void announceEagerSteps(Config config) {
    if (config.train().capture() == Capture.NEVER) {
      output.note("steps are not captured, as train.capture=never asks for");
    }
  }

  private TrainingListener listener() {
    return output.isTerminal() && !output.isQuiet()
        ? new BarProgress(output)
        : new LineProgress(output);
  }

  private void warnAboutThreads(RunFolder run, Backend backend) {
    Optional<Checkpoint> last = run.checkpoints().last();
    if (last.isPresent() && last.get().progress().threads() != backend.threads()) {
      output.warn(
          "the run was made on %d thread(s) and goes on with %d: its last bits will differ from an uninterrupted run's (--threads %d avoids it)"
              .formatted(
                  last.get().progress().threads(),
                  backend.threads(),
                  last.get().progress().threads()));
    }
  }

  private void stopped(RunFolder run, Trainer trainer) {
    output.text(
        "stopped after step %d; go on with: auxgrad train --out %s --resume"
            .formatted(trainer.step(), run.path()));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("stopped", true);
    result.put("train.step", trainer.step());
    result.put("run", run.path().toString());
    output.result(result);
  }

  private void report(
      RunFolder run, Config config, Splits splits, Backend backend, Trainer trainer) {
    TrainingReport report = TrainingReport.of(run, config, splits, backend, trainer);
    TextFile.write(run.resultFile(), Json.write(report.values()));
    output.text(report.text());
    output.result(report.values());
  }
}
