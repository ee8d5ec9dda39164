package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.ConvolutionProblem.Direction;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.kernels.cuda.launch.MatrixProduct;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.OutOfDeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ConvolutionChoiceTest {
  private static final double OF_OURS = 50;

  @Test
  void whatIsSlowTheFirstTimeAloneIsTaken() {
    Played library = new Played();
    library.add("steady", 10, 10, false);
    library.add("late", 1000, 1, false);
    assertEquals("late", library.chosen());
    assertTrue(library.lasts);
  }

  @Test
  void whatIsHopelessIsNotTriedAgain() {
    Played library = new Played();
    library.add("hopeless", 1000, 1000, false);
    library.add("quick", 1, 1, false);
    assertEquals("quick", library.chosen());
    // Tried once and timed once; the other is tried, timed four times, and taken.
    assertEquals(2 * 1000 + 6, library.now);
  }

  @Test
  void whatFailsIsLeftOut() {
    Played library = new Played();
    library.add("broken", 1, 1, true);
    library.add("steady", 10, 10, false);
    assertEquals("steady", library.chosen());
    assertTrue(library.lasts, "it fails in each process: runs are to give the same bytes");
  }

  @Test
  void whatFindsNoMemoryIsLeftOut() {
    for (int runs = 0; runs < 4; runs++) {
      Played library = new Played();
      library.addShortOfMemory("greedy", runs);
      library.add("steady", 5, 5, false);
      assertEquals("steady", library.chosen());
      assertFalse(library.lasts, "there may be more memory in another process");
    }
  }

  @Test
  void oursAreTakenWhereAllOthersFindNoMemoryLate() {
    Played library = new Played();
    library.addShortOfMemory("greedy", 2);
    library.add("hopeless", 10 * OF_OURS, 10 * OF_OURS, false);
    assertEquals("own", library.chosen());
  }

  @Test
  void oursAreTakenWhereTheyAreTheFastest() {
    Played library = new Played();
    library.add("steady", 2 * OF_OURS, 2 * OF_OURS, false);
    assertEquals("own", library.chosen());
  }

  /** A library with a clock of its own, which knows no products. */
  private static final class Played implements Primitives {
    private final List<Algorithm> algorithms = new ArrayList<>();
    private DeviceMemory memory;
    private double now;
    private String decided;
    private boolean lasts;

    void add(String name, double first, double next, boolean fails) {
      algorithms.add(
          new Algorithm() {
            private double takes = first;

            @Override
            public String name() {
              return name;
            }

            @Override
            public void run(long x, long w, long result) {
              if (fails) {
                throw new CudaException("meant");
              }
              now += takes;
              takes = next;
            }
          });
    }

    /** One that is the fastest, but finds no memory after {@code runs} runs. */
    void addShortOfMemory(String name, int runs) {
      algorithms.add(
          new Algorithm() {
            private int left = runs;

            @Override
            public String name() {
              return name;
            }

            @Override
            public void run(long x, long w, long result) {
              if (left-- == 0) {
                throw OutOfDeviceMemory.of(memory, 1, "meant");
              }
              now += 1;
            }
          });
    }

    /** The way that is decided on for a convolution. */
    String chosen() {
      assumeTrue(HostGpu.available(), "needs g++");
      try (HostGpu gpu = new HostGpu(HostGpu.Order.FORWARD);
          var _ = TensorScope.open()) {
        memory = gpu.memory();
        Conv2dSpec spec = Conv2dSpec.of(1, 1);
        Tensor x = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(1, 4, 4, 8));
        Tensor w = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(8, 3, 3, 8));
        Tensor y =
            Tensor.zeros(gpu.memory(), DType.FLOAT32, spec.outputShape(x.shape(), w.shape()));
        new ConvolutionChoice(
                this,
                true,
                new OwnConvolution(gpu),
                new Casts(gpu),
                new Epilogue(gpu, new CudaReduction(gpu)))
            .run(
                new ConvolutionPass(
                    Direction.FORWARD, x, w, spec, y, null, null, Activation.IDENTITY));
      }
      return decided;
    }

    @Override
    public List<Algorithm> algorithms(ConvolutionProblem problem) {
      return algorithms;
    }

    @Override
    public List<Fused> fused(ConvolutionProblem problem, Ending ending) {
      return List.of();
    }

    @Override
    public void multiply(MatrixProduct product, long a, long b, long out) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean searches() {
      return true;
    }

    @Override
    public String decision(String problem, Supplier<Decision> search) {
      Decision made = search.get();
      decided = made.way();
      lasts = made.lasting();
      return decided;
    }

    @Override
    public boolean isCapturing() {
      return false;
    }

    @Override
    public double seconds(Runnable work) {
      double before = now;
      work.run();
      return now > before ? now - before : OF_OURS;
    }
  }
}
