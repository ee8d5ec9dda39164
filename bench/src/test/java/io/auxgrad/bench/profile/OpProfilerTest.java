package io.auxgrad.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.bench.ops.AuxgradOps;
import io.auxgrad.bench.ops.OpCase;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.MacCounter;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OpProfilerTest {
  private static final Roofline ROOFLINE =
      new Roofline(100, new TreeMap<>(Map.of(1L << 20, 50.0, 1L << 26, 10.0)));

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
    OpProfiler profiler = new OpProfiler(ROOFLINE);
    long macs;
    try (var _ = TensorScope.open()) {
      Runnable run = AuxgradOps.prepare(op.op());
      try (MacCounter counter = MacCounter.open()) {
        Launch.listen(profiler, run);
        macs = counter.macs();
      }
    }
    assertEquals(1, profiler.totals().size());
    OpProfiler.Total total = profiler.totals().getFirst();
    assertEquals(name, total.op());
    assertEquals(1, total.calls());
    assertEquals(2 * macs, total.flops());
    assertTrue(total.nanos() > 0);
  }

  @ParameterizedTest
  @CsvSource({"1000000, 0, 10000", "0, 1000, 20", "0, 100000000, 10000000", "100, 1000000, 20000"})
  void theRooflineIsTheSlowerOfArithmeticAndMemory(long flops, long bytes, double nanos) {
    assertEquals(nanos, ROOFLINE.nanos(flops, bytes), 1e-6);
  }
}
