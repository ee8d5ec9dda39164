package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.ConfigBuilder;
import io.auxgrad.mtl.data.DeviceData;
import io.auxgrad.mtl.run.EpochRow;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Very small trainings for tests. */
final class Trainings {
  /** Makes the network a DeepLabv3 on a narrow ResNet. */
  static final String[] DEEPLAB = {
    "model.encoder=resnet18",
    "model.decoder=deeplabv3",
    "model.output_stride=8",
    "model.width=0.125",
    "model.channels=16"
  };

  private Trainings() {}

  /** What stands for a SIGKILL: comes from nowhere, and nothing is written after it. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Listens to nothing. */
  static class Silent implements TrainingListener {
    @Override
    public void begins(long step, long steps) {}

    @Override
    public void step(Step step) {}

    @Override
    public void epoch(EpochRow row, boolean selected) {}

    @Override
    public void ends() {}
  }

  /** Kills the training after a step. */
  static TrainingListener killAfter(long step) {
    return new Silent() {
      @Override
      public void step(Step made) {
        if (made.step() == step) {
          throw new Killed();
        }
      }
    };
  }

  /** Two epochs of four steps on small rooms, changed by {@code key=value}s. */
  static Config config(String... sets) {
    ConfigBuilder builder =
        new ConfigBuilder()
            .preset("tiny")
            .set("data.size=32x32")
            .set("data.rooms.train=9")
            .set("data.rooms.validation=3")
            .set("train.batch=2")
            .set("train.checkpoint_every=3");
    for (String set : sets) {
      builder.set(set);
    }
    return builder.build();
  }

  /** Trains a new run in {@code folder}; true if complete. */
  static boolean begin(Path folder, Config config, int threads, TrainingListener listener) {
    try (RunFolder run = RunFolder.create(folder, config)) {
      return train(run, threads, listener, new StopRequest());
    }
  }

  /** Goes on with the run in {@code folder}. */
  static boolean resume(Path folder, int threads) {
    try (RunFolder run = RunFolder.resume(folder)) {
      return train(run, threads, new Silent(), new StopRequest());
    }
  }

  static boolean train(RunFolder run, int threads, TrainingListener listener, StopRequest stop) {
    Backend backend = Backends.cpu();
    int before = backend.threads();
    backend.setThreads(threads);
    try {
      return train(run, backend, listener, stop);
    } finally {
      backend.setThreads(before);
    }
  }

  static boolean train(
      RunFolder run, Backend backend, TrainingListener listener, StopRequest stop) {
    Config config = run.config();
    try (DeviceData data = new DeviceData(backend, config.data().memory(), note -> {});
        Trainer trainer =
            new Trainer(
                config,
                run,
                data.splits(DataSource.open(config.data()), config.data().size()),
                backend,
                listener,
                stop)) {
      return trainer.train();
    }
  }

  /**
   * SHA-256 by name of all that a run has written and that must not depend on how it was
   * interrupted.
   */
  static SortedMap<String, String> fingerprint(Path folder) {
    SortedMap<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        hashes.put(folder.relativize(file).toString(), sha256(Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return hashes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
