package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.config.ConfigBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code auxgrad train}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a network and evaluates it on the test split.",
      "Without options: the preset 'rooms', in runs/rooms-1."
    },
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  /** Where the configuration begins. */
  static final class Base {
    @Option(names = "--preset", paramLabel = "NAME", description = "One of the presets below.")
    private String preset;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "A YAML file; its key 'preset', if any, comes first.")
    private Path file;
  }

  @ArgGroup private Base base;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the data set: key data.folder.")
  private Path data;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One value of the configuration, such as train.epochs=3; may be repeated.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run; runs/PRESET-N if not given.")
  private Path out;

  @Option(names = "--resume", description = "Go on from the last checkpoint in --out.")
  private boolean resume;

  @Mixin private EngineOptions engine;

  @Mixin private PrecisionOption precision;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    return new Training(output.output(), this).run();
  }

  Path out() {
    return out;
  }

  Path data() {
    return data;
  }

  boolean resume() {
    return resume;
  }

  /** Puts what was asked for about the machine into a configuration. */
  void applyEngine(ConfigBuilder builder) {
    engine.apply(builder);
    precision.apply(builder);
  }

  /** Whether anything but the machine was asked for. */
  boolean asksForConfiguration() {
    return base != null || !sets.isEmpty();
  }

  /** What the options ask for; {@code folder} is used where there is no {@code --data}. */
  ConfigBuilder configuration(String folder) {
    ConfigBuilder builder = new ConfigBuilder();
    if (base != null && base.file != null) {
      builder.file(base.file);
    } else {
      builder.preset(base == null ? "rooms" : base.preset);
    }
    if (data != null) {
      builder.set("data.folder", data.toString(), "--data");
    } else if (folder != null) {
      builder.set("data.folder", folder, "config.yaml of the run");
    }
    applyEngine(builder);
    sets.forEach(builder::set);
    return builder;
  }
}
