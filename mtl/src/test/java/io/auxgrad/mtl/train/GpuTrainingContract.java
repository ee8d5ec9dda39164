package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.train.Trainings.Killed;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole trainings with the kernels of the GPU: where those of the CPU lead, and to the same bytes
 * whether or not they are killed.
 */
abstract class GpuTrainingContract {
  /** Of a way that is measured: the further it goes, the more roundings lead aside. */
  private static final int FEW_STEPS = 2;

  /** How far the GPU leads aside in float32, of the way. */
  private static final double FLOAT32 = 2e-5;

  /** How many times as far as the CPU it leads aside in bfloat16. */
  private static final double BFLOAT16 = 2;

  private static final String BEST = "checkpoints/best.safetensors";

  @TempDir Path folder;

  /** A GPU, or skips the test. */
  abstract Backend gpu();

  /** One that must give the same bytes. */
  abstract Backend other();

  /**
   * How many a training has that must end in the same bytes: even, for it is killed behind their
   * half. Each process makes two eagerly, records the third and replays it from then on.
   */
  abstract int steps();

  // Plain descent: Adam takes what is nothing but rounding for a gradient like any other. And not
  // the light-weight network, whose first gradients are nearly the same at all pixels: what is left
  // of them behind batch norm has lost half of its digits, on the CPU too.
  @Test
  void leadsWhereTheCpuLeads() throws IOException {
    SafetensorsFile start =
        train("start", Backends.cpu(), with(Trainings.DEEPLAB, "train.epochs=0"));
    SafetensorsFile cpu = train("cpu", Backends.cpu(), Trainings.DEEPLAB);
    SafetensorsFile gpu = train("gpu", gpu(), Trainings.DEEPLAB);
    try (start;
        cpu;
        gpu) {
      double way = distance(start, cpu);
      assertTrue(way > 1, "went " + way);
      assertEquals(0, distance(cpu, gpu) / way, FLOAT32);
    }
  }

  // Processors round to bfloat16 at places of their own, so that two of them differ by about as
  // much as either does from float32, which is the measure.
  @Test
  void bfloat16LeadsAsFarAsideAsOnTheCpu() throws IOException {
    String[] rounded = with(Trainings.DEEPLAB, "precision=bf16");
    SafetensorsFile start = train("start", Backends.cpu(), with(rounded, "train.epochs=0"));
    SafetensorsFile exact = train("exact", Backends.cpu(), Trainings.DEEPLAB);
    SafetensorsFile cpu = train("cpu", Backends.cpu(), rounded);
    SafetensorsFile gpu = train("gpu", gpu(), rounded);
    try (start;
        exact;
        cpu;
        gpu) {
      double aside = distance(exact, cpu);
      assertTrue(aside < 0.1 * distance(start, exact), "bfloat16 is aside by " + aside);
      assertEquals(0, distance(exact, gpu) / aside, BFLOAT16);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp32", "bf16"})
  void twoTrainingsEndInTheSameBytes(String precision) throws IOException {
    String[] sets = {steps(steps()), "precision=" + precision, "data.memory=device"};
    train("one", gpu(), sets).close();
    train("other", other(), sets).close();
    assertSameEnd("one", "other");
  }

  /** Its dropout draws a random number in each step. */
  @Test
  void aKilledDeepLabGoesOnToTheSameBytes() throws IOException {
    String[] sets =
        with(Trainings.DEEPLAB, steps(steps()), "data.memory=device", "train.checkpoint_every=2");
    train("whole", gpu(), sets).close();
    try (RunFolder run = create("killed", sets)) {
      assertThrows(Killed.class, () -> train(run, gpu(), Trainings.killAfter(steps() / 2 + 1)));
    }
    try (RunFolder run = RunFolder.resume(folder.resolve("killed"))) {
      assertTrue(train(run, gpu(), new Trainings.Silent()));
    }
    assertSameEnd("whole", "killed");
  }

  final SafetensorsFile train(String name, Backend backend, String... sets) throws IOException {
    try (RunFolder run = create(name, sets)) {
      assertTrue(train(run, backend, new Trainings.Silent()));
    }
    return Safetensors.open(checkpoint(name));
  }

  private RunFolder create(String name, String... sets) {
    String[] few = {
      "train.epochs=1", steps(FEW_STEPS), "data.rooms.validation=1", "optimizer.method=sgd"
    };
    return RunFolder.create(folder.resolve(name), Trainings.config(with(few, sets)));
  }

  static String steps(int steps) {
    return "data.rooms.train=" + (2 * steps + 1);
  }

  private static boolean train(RunFolder run, Backend backend, TrainingListener listener) {
    return Trainings.train(run, backend, listener, new StopRequest());
  }

  /** Weights, the optimiser, random numbers and metrics. */
  final void assertSameEnd(String a, String b) throws IOException {
    for (String file : List.of(BEST, "checkpoints/last.json", "metrics.csv")) {
      Path one = folder.resolve(a).resolve(file);
      assertEquals(-1, Files.mismatch(one, folder.resolve(b).resolve(file)), file);
    }
  }

  private static String[] with(String[] sets, String... more) {
    return Stream.of(sets, more).flatMap(Stream::of).toArray(String[]::new);
  }

  private Path checkpoint(String run) {
    return folder.resolve(run).resolve(BEST);
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
