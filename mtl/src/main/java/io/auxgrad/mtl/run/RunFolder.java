package io.auxgrad.mtl.run;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.ConfigBuilder;
import io.auxgrad.mtl.config.ConfigYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The folder of one training run.
 *
 * <pre>
 * config.yaml      the whole configuration, usable as --config
 * environment.json versions, machine and threads of the last start
 * metrics.csv      losses and validation metrics per epoch
 * checkpoints/     last.json and what it names: everything needed to resume;
 *                  best.safetensors: the selected weights
 * result.json      the metrics of the finished run
 * predictions.png  pictures of the test split
 * </pre>
 *
 * <p>While a training holds it, the folder is locked against a second one.
 */
public final class RunFolder implements AutoCloseable {
  private final Path path;
  private final Config config;
  private final RunLock lock;

  private RunFolder(Path path, Config config, RunLock lock) {
    this.path = path;
    this.config = config;
    this.lock = lock;
  }

  /** The first of {@code parent/name-1}, {@code name-2}, ... that does not exist. */
  public static Path next(Path parent, String name) {
    int number = 1;
    while (Files.exists(parent.resolve(name + "-" + number))) {
      number++;
    }
    return parent.resolve(name + "-" + number);
  }

  /** Whether there is nothing at {@code path} that a new run could overwrite. */
  public static boolean isFree(Path path) {
    if (!Files.exists(path)) {
      return true;
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.allMatch(file -> file.endsWith(".lock"));
    } catch (IOException e) {
      throw new UserException("--out " + path + " is not a folder that can be read", e);
    }
  }

  /** Makes and locks a new run in a folder that is absent or empty. */
  public static RunFolder create(Path path, Config config) {
    if (!isFree(path)) {
      throw new UserException(
          "--out "
              + path
              + " is not empty: continue that run with --resume, or choose another folder");
    }
    try {
      Files.createDirectories(path.resolve("checkpoints"));
    } catch (IOException e) {
      throw new UserException("--out " + path + " cannot be made: " + TextFile.reason(e), e);
    }
    RunLock lock = RunLock.of(path);
    RunFolder run = new RunFolder(path, config, lock);
    TextFile.write(run.configFile(), ConfigYaml.write(config));
    return run;
  }

  /** Opens and locks a run to continue it. */
  public static RunFolder resume(Path path) {
    Config config = open(path).config;
    return new RunFolder(path, config, RunLock.of(path));
  }

  /** Opens a run to read it; no lock is taken. */
  public static RunFolder open(Path path) {
    Path file = path.resolve("config.yaml");
    if (!Files.isRegularFile(file)) {
      throw new UserException(
          path + " is not a run folder (it has no config.yaml); 'auxgrad train' makes one");
    }
    return new RunFolder(path, new ConfigBuilder().file(file).build(), null);
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** The configuration the run was started with. */
  public Config config() {
    return config;
  }

  /** The run's checkpoints. */
  public Checkpoints checkpoints() {
    return new Checkpoints(path.resolve("checkpoints"));
  }

  /** Losses and metrics per epoch. */
  public Path metricsFile() {
    return path.resolve("metrics.csv");
  }

  /** Versions and machine of the last start. */
  public Path environmentFile() {
    return path.resolve("environment.json");
  }

  /** The metrics of the finished run. */
  public Path resultFile() {
    return path.resolve("result.json");
  }

  /** Pictures of predictions. */
  public Path sheetFile() {
    return path.resolve("predictions.png");
  }

  private Path configFile() {
    return path.resolve("config.yaml");
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    if (lock != null) {
      lock.close();
    }
  }
}
