package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import org.junit.jupiter.api.Test;

class CpuBackendTest {
  @Test
  void isFoundAsAService() {
    Backend backend = Backends.cpu();
    assertTrue(backend instanceof CpuBackend);
    assertSame(backend, Backends.cpu());
    assertTrue(
        backend
            .describe()
            .matches("cpu, \\d+ thread\\(s\\), oneDNN 3\\.\\d+\\.\\d+, .+, vector loops"),
        backend.describe());
  }

  @Test
  void threadsComeFromThePropertyThenTheEnvironment() {
    assertEquals(3, CpuBackendProvider.threads("3", "5"));
    assertEquals(5, CpuBackendProvider.threads(null, "5"));
    assertEquals(
        Runtime.getRuntime().availableProcessors(), CpuBackendProvider.threads(null, null));
  }

  @Test
  void badThreadCountsNameTheirSource() {
    var word = assertThrows(TensorException.class, () -> CpuBackendProvider.threads("many", null));
    assertTrue(word.getMessage().contains("auxgrad.threads=many"), word.getMessage());
    var zero = assertThrows(TensorException.class, () -> CpuBackendProvider.threads(null, "0"));
    assertTrue(zero.getMessage().contains("AUXGRAD_THREADS=0"), zero.getMessage());
  }
}
