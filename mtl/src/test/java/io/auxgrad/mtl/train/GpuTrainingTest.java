package io.auxgrad.mtl.train;

import io.auxgrad.mtl.RealGpu;
import io.auxgrad.tensor.ops.Backend;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the first GPU. */
@Tag("gpu")
final class GpuTrainingTest extends GpuTrainingContract {
  private static Backend gpu;

  @BeforeAll
  static void open() {
    gpu = RealGpu.openOrSkip();
  }

  @Override
  Backend gpu() {
    return gpu;
  }

  @Override
  Backend other() {
    return gpu;
  }

  /** So that steps are replayed before a training is killed, and again once it is resumed. */
  @Override
  int steps() {
    return 10;
  }

  /** Batches that the graphs of steps and evaluations gather are those that the host makes. */
  @ParameterizedTest
  @ValueSource(strings = {"fp32", "bf16"})
  void endsInTheSameBytesFromEitherMemory(String precision) throws IOException {
    for (String memory : List.of("device", "host")) {
      train(
              memory,
              gpu(),
              steps(steps()),
              "data.rooms.validation=9",
              "precision=" + precision,
              "data.memory=" + memory)
          .close();
    }
    assertSameEnd("device", "host");
  }
}
