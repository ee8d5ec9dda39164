package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.mtl.StandInGpu;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole trainings with the kernels of the GPU, on the host in its place: where those of the CPU
 * lead, and to the same bytes whichever thread comes first.
 */
final class GpuKernelTrainingTest {
  @TempDir Path folder;

  @BeforeAll
  static void needsTheStandIn() {
    assumeTrue(StandInGpu.available(), "needs g++");
  }

  // Plain descent: Adam takes what is nothing but rounding for a gradient like any other. And not
  // the light-weight network, whose first gradients are nearly the same at all pixels: what is left
  // of them behind batch norm has lost half of its digits, on the CPU too.
  @ParameterizedTest
  @CsvSource({"fp32, 2e-5", "bf16, 1e-3"})
  void leadsWhereTheCpuLeads(String precision, double tolerance) throws IOException {
    String[] deeplab = with(Trainings.DEEPLAB, "precision=" + precision);
    SafetensorsFile start = train("start", Backends.cpu(), with(deeplab, "train.epochs=0"));
    SafetensorsFile cpu = train("cpu", Backends.cpu(), deeplab);
    SafetensorsFile gpu = train("gpu", StandInGpu.inOrder(), deeplab);
    try (start;
        cpu;
        gpu) {
      double way = distance(start, cpu);
      assertTrue(way > 1, "went " + way);
      assertEquals(0, distance(cpu, gpu) / way, tolerance);
    }
  }

  @Test
  void theOrderOfThreadsChangesNothing() throws IOException {
    train("one", StandInGpu.inOrder()).close();
    train("other", StandInGpu.shuffled()).close();
    assertEquals(-1, Files.mismatch(checkpoint("one"), checkpoint("other")));
  }

  /** Two steps. */
  private SafetensorsFile train(String name, Backend backend, String... sets) throws IOException {
    String[] few = {
      "train.epochs=1", "data.rooms.train=5", "data.rooms.validation=1", "optimizer.method=sgd"
    };
    Config config = Trainings.config(with(few, sets));
    try (RunFolder run = RunFolder.create(folder.resolve(name), config);
        Trainer trainer =
            new Trainer(
                config,
                run,
                DataSource.open(config.data()),
                backend,
                new Trainings.Silent(),
                new StopRequest())) {
      assertTrue(trainer.train());
    }
    return Safetensors.open(checkpoint(name));
  }

  private static String[] with(String[] sets, String... more) {
    return Stream.of(sets, more).flatMap(Stream::of).toArray(String[]::new);
  }

  private Path checkpoint(String run) {
    return folder.resolve(run).resolve("checkpoints/best.safetensors");
  }

  /** Of all parameters and running statistics. */
  private static double distance(SafetensorsFile a, SafetensorsFile b) throws IOException {
    assertEquals(a.entries().keySet(), b.entries().keySet());
    double squares = 0;
    try (var _ = TensorScope.open()) {
      for (String name : a.entries().keySet()) {
        float[] left = a.read(name, Backends.cpu().memory()).toFloats();
        float[] right = b.read(name, Backends.cpu().memory()).toFloats();
        for (int i = 0; i < left.length; i++) {
          squares += Math.pow(left[i] - right[i], 2);
        }
      }
    }
    return Math.sqrt(squares);
  }
}
