package io.auxgrad.kernels.cpu.onednn;

import io.auxgrad.tensor.ops.Activation;

/** Attributes of a primitive: scratch is given by the caller, an activation may follow. */
final class Attributes implements AutoCloseable {
  private static final int SCRATCHPAD_USER = 1;
  private static final int ELTWISE_RELU = 0x20;
  private static final int ELTWISE_CLIP = 46;

  private final long handle = Library.create("dnnl_primitive_attr_create");

  Attributes(Activation activation) {
    Library.call("dnnl_primitive_attr_set_scratchpad_mode", handle, SCRATCHPAD_USER);
    switch (activation) {
      case IDENTITY -> {}
      case RELU -> append(ELTWISE_RELU, 0f, 0f);
      case RELU6 -> append(ELTWISE_CLIP, 0f, 6f);
    }
  }

  long handle() {
    return handle;
  }

  private void append(int algorithm, float alpha, float beta) {
    long operations = Library.create("dnnl_post_ops_create");
    try {
      Library.call("dnnl_post_ops_append_eltwise", operations, algorithm, alpha, beta);
      Library.call("dnnl_primitive_attr_set_post_ops", handle, operations);
    } finally {
      Library.call("dnnl_post_ops_destroy", operations);
    }
  }

  @Override
  public void close() {
    Library.call("dnnl_primitive_attr_destroy", handle);
  }
}
