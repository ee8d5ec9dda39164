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
 * @param run new or taken up again, locked
 * @param config of the run, on this machine
 */
record RunChoice(RunFolder run, Config config) {
  /** Keys that may change when a run is resumed: they say where it runs, not what it computes. */
  private static final Set<String> OF_THE_MACHINE =
      Set.of("threads", "data.folder", "data.loaders");

  static RunChoice of(TrainCommand options, Output output) {
    Path out = options.out();
    if (!options.resume()) {
      Config config = options.configuration(null).build();
      Path path = out == null ? RunFolder.next(Path.of("runs"), config.name()) : out;
      return new RunChoice(RunFolder.create(path, config), config);
    }
    if (out == null) {
      throw new UserException("--resume needs --out DIR: the run to go on with");
    }
    if (RunFolder.isFree(out)) {
      output.warn(out + " holds no run yet: training begins at step 0");
      Config config = options.configuration(null).build();
      return new RunChoice(RunFolder.create(out, config), config);
    }
    RunFolder run = RunFolder.resume(out);
    try {
      return new RunChoice(run, resumed(options, run.config()));
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  private static Config resumed(TrainCommand options, Config stored) {
    if (options.asksForConfiguration()) {
      Config asked = options.configuration(stored.data().folder()).build();
      requireSame(ConfigYaml.flat(stored), ConfigYaml.flat(asked));
      return asked;
    }
    ConfigBuilder builder = new ConfigBuilder().config(stored);
    if (options.data() != null) {
      builder.set("data.folder", options.data().toString(), "--data");
    }
    options.engine().apply(builder);
    return builder.build();
  }

  private static void requireSame(Map<String, String> stored, Map<String, String> asked) {
    stored.forEach((key, value) -> {
      if (!OF_THE_MACHINE.contains(key) && !value.equals(asked.get(key))) {
        throw new UserException(
            "--resume: the run was begun with %s=%s, not %s; leave the configuration out to go on with the run's own"
                .formatted(key, value, asked.get(key)));
      }
    });
  }
}
