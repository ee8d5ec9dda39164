package io.auxgrad.kernels.cpu.onednn;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.auxgrad.tensor.ops.Activation;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * Attributes of a primitive: scratch is given by the caller, a residual may be added and an
 * activation follow.
 */
final class Attributes implements AutoCloseable {
  private static final int SCRATCHPAD_USER = 1;
  private static final int ELTWISE_RELU = 0x20;
  private static final int ELTWISE_CLIP = 46;

  private static final int BINARY_ADD = 0x1fff0;

  /**
   * The residual as an argument: of the first operation behind the primitive, the second factor.
   */
  static final int ARG_RESIDUAL = 1 << 15 | 2;

  private final long handle = Library.create("dnnl_primitive_attr_create");

  Attributes() {
    this(null, Activation.IDENTITY);
  }

  Attributes(MemoryDesc residualOrNull, Activation activation) {
    Library.call("dnnl_primitive_attr_set_scratchpad_mode", handle, SCRATCHPAD_USER);
    long operations = Library.create("dnnl_post_ops_create");
    try {
      if (residualOrNull != null) {
        Library.call(
            "dnnl_post_ops_append_binary", operations, BINARY_ADD, residualOrNull.handle());
      }
      append(operations, activation);
      Library.call("dnnl_primitive_attr_set_post_ops", handle, operations);
    } finally {
      Library.call("dnnl_post_ops_destroy", operations);
    }
  }

  private static void append(long operations, Activation activation) {
    switch (activation) {
      case IDENTITY -> {}
      case RELU -> append(operations, ELTWISE_RELU, 0f, 0f);
      case RELU6 -> append(operations, ELTWISE_CLIP, 0f, 6f);
    }
  }

  /** The function that takes floating point numbers, linked where an activation is fused. */
  private static final class Eltwise {
    private static final String NAME = "dnnl_post_ops_append_eltwise";
    private static final MethodHandle APPEND =
        Library.function(
            NAME, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT));
  }

  long handle() {
    return handle;
  }

  private static void append(long operations, int algorithm, float alpha, float beta) {
    int status;
    try {
      status = (int) Eltwise.APPEND.invokeExact(operations, algorithm, alpha, beta);
    } catch (Throwable t) {
      throw new OneDnnException(Eltwise.NAME + " could not be called", t);
    }
    Library.check(Eltwise.NAME, status);
  }

  @Override
  public void close() {
    Library.call("dnnl_primitive_attr_destroy", handle);
  }
}
