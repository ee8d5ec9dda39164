package io.auxgrad.bench.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.UserException;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import org.junit.jupiter.api.Test;

final class WorkloadTest {
  @Test
  void aPrecisionThatTheDeviceDoesNotHaveIsTheUsersToChange() {
    int before = TensorScope.liveTensors();
    Workload work = Workload.of(NetworkKind.MOBILENETV2, Precision.TF32, "1x32x32");
    var e = assertThrows(UserException.class, () -> work.createNetwork(Backends.cpu()));
    assertTrue(
        e.getMessage().startsWith("precision tf32: cpu does not multiply TF32"), e.getMessage());
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
  }
}
