package io.auxgrad.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.bench.ops.AuxgradOps;
import io.auxgrad.bench.ops.OpCase;
import io.auxgrad.bench.profile.Totals.Total;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.MacCounter;
import io.auxgrad.tensor.ops.MathMode;
import io.auxgrad.tensor.ops.Stopwatch;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OpProfilerTest {
  private static final Roofline ROOFLINE =
      new Roofline(
          Map.of(DType.FLOAT32, 100.0, DType.BFLOAT16, 800.0),
          MathMode.FP32,
          new TreeMap<>(Map.of(1L << 20, 50.0, 1L << 26, 10.0)));

  @ParameterizedTest
  @CsvSource({
    "STEM,              convolution.forward 3x3",
    "STEM_WEIGHT,       convolution.gradWeight 3x3",
    "SQUARE_INPUT,      convolution.gradInput 1x1",
    "DEPTHWISE,         convolution.forward 3x3 depthwise",
    "DEPTHWISE_INPUT,   convolution.gradInput 3x3 depthwise",
    "DEPTHWISE_WEIGHT,  convolution.gradWeight 3x3 depthwise",
  })
  void aConvolutionsArithmeticIsTwiceItsMultiplyAccumulates(OpCase op, String name) {
    OpProfiler profiler = new OpProfiler(ROOFLINE, Stopwatch.ofHost(), 0);
    long macs;
    try (var _ = TensorScope.open()) {
      Runnable run = AuxgradOps.prepare(op.op());
      try (MacCounter counter = MacCounter.open()) {
        Launch.listen(profiler, run);
        macs = counter.macs();
      }
    }
    profiler.collect();
    assertEquals(1, profiler.ops().size());
    Total total = profiler.ops().getFirst();
    assertEquals(name, total.op());
    assertEquals(1, total.calls());
    assertEquals(2 * macs, total.flops());
    assertTrue(total.seconds() > 0);
    Total layer = profiler.layers().getFirst();
    assertEquals(total.flops(), layer.flops());
    assertEquals(total.ofRoofline(), layer.ofRoofline());
  }

  @Test
  void aLayerIsThePassAndTheShapesOfInputAndOutput() {
    try (var _ = TensorScope.open()) {
      Tensor x = tensor(2, 9, 12, 3);
      Tensor w = tensor(8, 3, 3, 3);
      Tensor y = tensor(2, 5, 6, 8);
      String shapes = " 2x9x12x3 > 2x5x6x8 3x3";
      assertEquals("forward" + shapes, layer("convolution.forward", x, w, null, null, y));
      assertEquals("gradInput" + shapes, layer("convolution.gradInput", y, w, x));
      assertEquals("gradWeight" + shapes, layer("convolution.gradWeight", x, y, w, null));
      assertTrue(OpKey.layer("pooling.max", x, y).isEmpty());
    }
  }

  private static String layer(String op, Tensor... operands) {
    return OpKey.layer(op, operands).orElseThrow();
  }

  private static Tensor tensor(int... dims) {
    return Tensor.zeros(Backends.cpu().memory(), DType.FLOAT32, Shape.of(dims));
  }

  /** A clock whose stretches are given. */
  private record Given(double... seconds) implements Stopwatch {
    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public void close() {}
  }

  @Test
  void whatTheClockFindsInNothingIsTakenOff() {
    OpProfiler profiler = new OpProfiler(ROOFLINE, new Given(5e-6, 2e-6, 1e-6), 2e-6);
    Launch.listen(
        profiler,
        () -> {
          Launch.run("a.b", () -> {});
          Launch.run("a.c", () -> {});
          Launch.run("a.b", () -> {});
        });
    profiler.collect();
    assertEquals(List.of("a.b", "a.c"), profiler.ops().stream().map(Total::op).toList());
    assertEquals(2, profiler.ops().getFirst().calls());
    // Below nothing there is nothing.
    assertEquals(3e-6, profiler.ops().getFirst().seconds(), 2e-9);
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 1000000, 0, 10000",
    "BFLOAT16, 1000000, 0, 1250",
    "FLOAT32, 0, 1000, 20",
    "BFLOAT16, 0, 100000000, 10000000",
    "FLOAT32, 100, 1000000, 20000"
  })
  void theRooflineIsTheSlowerOfArithmeticAndMemory(
      DType type, long flops, long bytes, double nanos) {
    assertEquals(nanos, ROOFLINE.seconds(type, flops, bytes) * 1e9, 1e-6);
  }
}
