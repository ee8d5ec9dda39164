package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.ConfigBuilder;
import io.auxgrad.mtl.config.ConfigYaml;
import io.auxgrad.mtl.run.RunFolder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Which run is trained, and with which configuration.
 *
 * @param path of the run's folder
 * @param config of the run, on this machine
 * @param resumes whether the folder holds the run already
 */
record RunChoice(Path path, Config config, boolean resumes) {
  /** Keys that may change when a run is resumed: they say where it runs, not what it computes. */
  private static final Set<String> OF_THE_MACHINE =
      Set.of("threads", "data.folder", "data.loaders", "data.memory");

  /** What the options ask for; nothing is written yet. */
  static RunChoice of(TrainCommand options, Output output) {
    Path out = options.out();
    if (options.resume() && out == null) {
      throw new UserException("--resume needs --out DIR: the run to go on with");
    }
    if (options.resume() && !RunFolder.isFree(out)) {
      return new RunChoice(out, resumed(options, RunFolder.open(out).config()), true);
    }
    if (options.resume()) {
      output.warn(out + " holds no run yet: training begins at step 0");
    }
    Config config = options.configuration(null).build();
    Path path = out == null ? RunFolder.next(Path.of("runs"), config.name()) : out;
    return new RunChoice(path, config, false);
  }

  /** Makes the folder, or opens it to go on; locked. */
  RunFolder open() {
    return resumes ? RunFolder.resume(path) : RunFolder.create(path, config);
  }

  private static Config resumed(TrainCommand options, Config stored) {
    ConfigBuilder builder =
        options.asksForConfiguration()
            ? options.configuration(stored.data().folder())
            : onThisMachine(options, stored);
    Config asked = builder.build();
    requireSame(ConfigYaml.flat(stored), ConfigYaml.flat(asked));
    return asked;
  }

  private static ConfigBuilder onThisMachine(TrainCommand options, Config stored) {
    ConfigBuilder builder = new ConfigBuilder().config(stored);
    if (options.data() != null) {
      builder.set("data.folder", options.data().toString(), "--data");
    }
    options.applyEngine(builder);
    return builder;
  }

  private static void requireSame(Map<String, String> stored, Map<String, String> asked) {
    stored.forEach((key, value) -> {
      if (!OF_THE_MACHINE.contains(key) && !value.equals(asked.get(key))) {
        throw new UserException(
            "--resume: the run was begun with %s=%s, not %s; leave that out to go on with the run's own"
                .formatted(key, value, asked.get(key)));
      }
    });
  }
}
