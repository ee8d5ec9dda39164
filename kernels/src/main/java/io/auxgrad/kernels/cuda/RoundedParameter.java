package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Capture;
import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Tensor;

/**
 * A float32 parameter in bfloat16, kept beside it: rounded once for each of its versions, and given
 * back with it.
 *
 * <p>So does a captured graph in each of its runs, as that of a training, in which the parameter
 * changes each time. A graph that finds it rounded already, as that of an inference, leaves it to
 * what comes before each launch: there it is rounded anew only if it has changed.
 */
final class RoundedParameter implements Tensor.Companion {
  private static final long NEVER = -1;

  private final Casts casts;
  private final DeviceMemory memory;
  private final long from;
  private final long size;
  private final Buffer buffer;

  /** What the buffer has as soon as the GPU has done what it was asked for, captures aside. */
  private long version = NEVER;

  /** The last capture that it was used in, and the version there. */
  private Capture capture;

  private long captured = NEVER;

  private RoundedParameter(Casts casts, DeviceMemory memory, Tensor parameter) {
    this.casts = casts;
    this.memory = memory;
    from = parameter.address();
    size = parameter.size();
    buffer = memory.allocate(size * DType.BFLOAT16.bytes());
  }

  /** Where {@code parameter} lies, rounded for what {@code gpu} is asked for next. */
  static long address(Gpu gpu, Casts casts, Tensor parameter) {
    RoundedParameter rounded;
    if (parameter.companionOrNull() instanceof RoundedParameter kept) {
      rounded = kept;
    } else {
      rounded = new RoundedParameter(casts, gpu.memory(), parameter);
      parameter.accompany(rounded);
    }
    Capture capture = gpu.captureOrNull();
    if (capture == null) {
      rounded.update(parameter);
    } else {
      rounded.update(parameter, capture);
    }
    return rounded.buffer.address();
  }

  private void update(Tensor parameter) {
    if (version != parameter.version()) {
      round();
      version = parameter.version();
    }
  }

  // What is rounded in a capture is not rounded now, and never if the capture fails.
  private void update(Tensor parameter, Capture current) {
    boolean first = capture != current;
    if (first && version == parameter.version()) {
      current.beforeEachLaunch(() -> update(parameter));
    } else if (first || captured != parameter.version()) {
      round();
    }
    capture = current;
    captured = parameter.version();
  }

  private void round() {
    casts.launch(from, DType.FLOAT32, buffer.address(), DType.BFLOAT16, size);
  }

  @Override
  public void close() {
    memory.release(buffer);
  }
}
