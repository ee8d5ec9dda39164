package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.tensor.Bytes;
import java.util.function.LongToIntFunction;

/**
 * How fast a GPU copies and launches, as measured.
 *
 * @param copyOnDevice bytes read and written per second by a copy within its memory, which is what
 *     kernels that are bound by memory can reach
 * @param copyToDevice bytes per second from pinned memory of the host
 * @param copyToHost bytes per second to pinned memory of the host
 * @param launchSeconds from one empty kernel to the next, on the GPU
 * @param hostLaunchSeconds that the host is busy with a launch
 */
public record Speeds(
    double copyOnDevice,
    double copyToDevice,
    double copyToHost,
    double launchSeconds,
    double hostLaunchSeconds) {
  private static final int COPIES = 8;
  // Fewer than the driver takes without waiting.
  private static final int LAUNCHES = 500;
  private static final int BATCHES = 20;

  /** With copies of {@code bytes} bytes, of which twice as many must be free. */
  static Speeds measure(CudaGpu gpu, Stream stream, long bytes) {
    try (Scratch a = new Scratch(gpu, bytes);
        Scratch b = new Scratch(gpu, bytes);
        Timer timer = new Timer(stream);
        PinnedMemory pinned = new PinnedMemory(stream.context(), bytes)) {
      Best best = new Best(timer, stream);
      Driver driver = stream.context().driver();
      long host = pinned.segment().address();
      return new Speeds(
          2 * best.rate(bytes, s -> driver.copyOnDevice(a.address(), b.address(), bytes, s)),
          best.rate(bytes, s -> driver.copyToDevice(a.address(), host, bytes, s)),
          best.rate(bytes, s -> driver.copyToHost(host, a.address(), bytes, s)),
          best.launch(gpu.kernel(Canary.FILE, "nothing")),
          hostLaunch(gpu, gpu.kernel(Canary.FILE, "nothing")));
    }
  }

  private record Best(Timer timer, Stream stream) {
    /** Bytes per second of a copy that is given the stream and returns its status. */
    double rate(long bytes, LongToIntFunction copy) {
      Calls calls = stream.context().calls();
      String what = "copying " + Bytes.text(bytes);
      return bytes / seconds(COPIES, () -> calls.check(copy.applyAsInt(stream.address()), what));
    }

    double launch(Kernel kernel) {
      return seconds(BATCHES, () -> launchMany(kernel)) / LAUNCHES;
    }

    private double seconds(int times, Runnable work) {
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < times; i++) {
        best = Math.min(best, timer.seconds(work));
      }
      return best;
    }
  }

  private static double hostLaunch(CudaGpu gpu, Kernel kernel) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < BATCHES; i++) {
      long start = System.nanoTime();
      launchMany(kernel);
      best = Math.min(best, System.nanoTime() - start);
      gpu.synchronize();
    }
    return best * 1e-9 / LAUNCHES;
  }

  private static void launchMany(Kernel kernel) {
    for (int i = 0; i < LAUNCHES; i++) {
      kernel.begin().launchBlocks(1, Kernel.BLOCK);
    }
  }
}
