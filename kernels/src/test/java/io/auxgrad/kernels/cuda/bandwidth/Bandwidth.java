package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.driver.Timer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Times the ops that are bound by memory, one by one, by the clock of the GPU. */
final class Bandwidth {
  private final CudaGpu gpu;
  private final Backend ops;
  private final Effort effort;

  Bandwidth(CudaGpu gpu, Effort effort) {
    this.gpu = gpu;
    this.effort = effort;
    ops = new CudaBackend(gpu);
  }

  /** Measures {@code rows} and tells {@code log} of each at once; those that fail have no line. */
  BandwidthTable measure(List<Row> rows, RowLog log) {
    double copyRate = gpu.measure().copyOnDevice();
    log.copies(copyRate);
    List<Measured> all = new ArrayList<>();
    try (Contents contents = new Contents();
        Timer timer = gpu.timer()) {
      for (Row row : rows) {
        for (DType type : row.types()) {
          try {
            Measured measured = measure(row, contents, type, timer);
            all.add(measured);
            log.measured(measured);
          } catch (RuntimeException | Error e) {
            log.failed(row, type, e);
          }
        }
      }
    }
    // A GPU that a row failed on may do nothing any more.
    double copyAfter = log.allWorked() ? gpu.measure().copyOnDevice() : copyRate;
    return new BandwidthTable(gpu.describe(), Math.max(copyRate, copyAfter), all);
  }

  /** An op that has passed the contract's gate, and can be run again. */
  private record Seen(String op, Runnable kernel, List<Tensor> operands) {
    static Seen of(Runnable call) {
      List<Seen> ops = new ArrayList<>();
      Launch.listen(
          (op, kernel, operands) -> {
            kernel.run();
            ops.add(new Seen(op, kernel, Arrays.asList(operands)));
          },
          call);
      if (ops.size() != 1) {
        throw new IllegalStateException("a row is one op, not " + ops.size());
      }
      return ops.getFirst();
    }

    String shapes() {
      return operands.stream()
          .filter(Objects::nonNull)
          .map(t -> t.shape().toString())
          .distinct()
          .collect(Collectors.joining(" "));
    }
  }

  private Measured measure(Row row, Contents contents, DType type, Timer timer) {
    int images = images(row, contents, type);
    try (TensorScope _ = TensorScope.open()) {
      Seen seen = see(row, contents, type, images);
      double seconds = median(timer, seen.kernel);
      long bytes = row.traffic().bytes(seen.operands);
      return new Measured(seen.op, row.name(), type, seen.shapes(), bytes, seconds);
    } finally {
      gpu.memory().trim();
    }
  }

  /** As many as it takes to move the least bytes. */
  private int images(Row row, Contents contents, DType type) {
    try (TensorScope _ = TensorScope.open()) {
      long bytesOfOne = row.traffic().bytes(see(row, contents, type, 1).operands);
      long images = Math.ceilDiv(effort.leastBytes(), bytesOfOne);
      return Math.toIntExact(Math.max(effort.leastImages(), images));
    }
  }

  private Seen see(Row row, Contents contents, DType type, int images) {
    Batch batch = new Batch(ops, contents, type, images, effort.shrink());
    return Seen.of(row.preparation().on(batch));
  }

  private double median(Timer timer, Runnable kernel) {
    double[] seconds = new double[effort.times()];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = timer.seconds(() -> runs(kernel)) / effort.runs();
    }
    Arrays.sort(seconds);
    return seconds[seconds.length / 2];
  }

  private void runs(Runnable kernel) {
    for (int i = 0; i < effort.runs(); i++) {
      kernel.run();
    }
  }
}
