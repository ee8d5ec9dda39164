package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.launch.UnlimitedGpu;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shapes that no test could compute: each op launches grids that a GPU takes, or says in one
 * message what is too much.
 */
class GridLimitsTest {
  /** Those of large trainings, where everything is launched. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "512,480,640,3",
        "64,480,640,64",
        "16,1024,2048,19",
        "256,30,40,2048",
        "70000,7,7,64",
        "1,16384,16384,4",
        "4,20000,4096,8"
      })
  void whatFitsIntoMemoryIsLaunched(String extents) {
    var gpu = new UnlimitedGpu();
    run(gpu, extents, false);
    assertTrue(gpu.launches() > 100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,1,1,700000000",
        "1,1,700000000,1",
        "1,700000000,1,1",
        "700000000,1,1,1",
        "1,1,90000,9000",
        "70000,70000,1,1",
        "1,70000,70000,3",
        "40000,400,400,2",
        "65536,1,65536,1"
      })
  void whatDoesNotIsLaunchedOrRefused(String extents) {
    run(new UnlimitedGpu(), extents, true);
  }

  @Test
  void aGridThatIsTooLargeIsNamed() {
    var kernel = new UnlimitedGpu().kernel("some.cu", "some");
    var e = assertThrows(TensorException.class, () -> kernel.launchGrid(3, 65_536, 1, 32));
    assertEquals(
        "kernel some: a grid of 3 x 65536 x 1 blocks is more than a GPU takes, 2147483647 x 65535 x 65535: use smaller or fewer images, or fewer channels",
        e.getMessage());
    assertThrows(TensorException.class, () -> kernel.launchGrid(1L << 31, 1, 1, 32));
    assertThrows(TensorException.class, () -> kernel.launchGrid(1, 1, 65_536, 32));
  }

  private static void run(UnlimitedGpu gpu, String extents, boolean mayRefuse) {
    int[] dims = Arrays.stream(extents.split(",")).mapToInt(Integer::parseInt).toArray();
    EveryOp.of(new CudaBackend(gpu), Shape.of(dims))
        .forEach((name, op) -> {
          try (TensorScope _ = TensorScope.open()) {
            op.run();
          } catch (TensorException e) {
            assertTrue(mayRefuse || isContract(e), name + " of " + extents + ": " + e);
          } catch (RuntimeException e) {
            throw new AssertionError(name + " of " + extents, e);
          }
        });
  }

  /** Convolutions count their pixels in 31 bits. */
  private static boolean isContract(TensorException e) {
    return e.getMessage().startsWith("conv2d");
  }
}
