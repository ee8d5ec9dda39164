package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.nn.Module;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.MathMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** TF32 is a say in how float32 is multiplied, and refused where there is none. */
@ExtendWith(NoLeaks.class)
final class Tf32NetworkTest {
  @Test
  void aProcessorRefusesItAndSaysWhatHasIt() {
    assertFalse(Backends.cpu().multipliesTf32());
    try (MultiTaskNetwork network = Networks.narrow(3, null)) {
      var e = assertThrows(TensorException.class, () -> network.precision(Precision.TF32));
      assertTrue(
          e.getMessage().startsWith("precision tf32: cpu does not multiply TF32"), e::getMessage);
      assertTrue(e.getMessage().contains("use fp32 or bf16"), e::getMessage);
      assertEquals(Precision.FP32, network.precision());
    }
  }

  @Test
  void itReachesEveryModuleOfATree() {
    assertEquals(DType.FLOAT32, Precision.TF32.activations());
    try (MultiTaskNetwork network = Networks.narrow(3, null)) {
      network.math(Precision.TF32.math());
      expect(network, MathMode.TF32);
      network.precision(Precision.BF16);
      expect(network, MathMode.FP32);
    }
  }

  private static void expect(Module module, MathMode math) {
    assertEquals(math, module.math());
    module.children().values().forEach(c -> expect(c, math));
  }
}
