package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.launch.Kernel;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a launch of an empty kernel costs, as {@code launch_cost.c} measures it.
 *
 * @param onGpu seconds from one kernel to the next
 * @param onHost seconds that the host is busy with one
 */
record LaunchCost(double onGpu, double onHost) {
  private static final int LAUNCHES = 500;
  private static final int WARMUP = 5;
  private static final int BATCHES = 40;

  /** From Java, the way that all ops take. */
  static LaunchCost ofJava(CudaGpu gpu) {
    Kernel nothing = gpu.kernel(Canary.FILE, "nothing");
    double[] onGpu = new double[BATCHES];
    double[] onHost = new double[BATCHES];
    try (Timer timer = gpu.timer()) {
      for (int batch = -WARMUP; batch < BATCHES; batch++) {
        long[] nanos = new long[1];
        double seconds =
            timer.seconds(() -> {
              long start = System.nanoTime();
              for (int i = 0; i < LAUNCHES; i++) {
                nothing.begin().launchBlocks(1, Kernel.BLOCK);
              }
              nanos[0] = System.nanoTime() - start;
            });
        if (batch >= 0) {
          onGpu[batch] = seconds / LAUNCHES;
          onHost[batch] = nanos[0] * 1e-9 / LAUNCHES;
        }
      }
    }
    return new LaunchCost(median(onGpu), median(onHost));
  }

  /** Each figure's median. */
  static LaunchCost median(List<LaunchCost> costs) {
    return new LaunchCost(median(costs, LaunchCost::onGpu), median(costs, LaunchCost::onHost));
  }

  private static double median(List<LaunchCost> costs, ToDoubleFunction<LaunchCost> figure) {
    return median(costs.stream().mapToDouble(figure).toArray());
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
