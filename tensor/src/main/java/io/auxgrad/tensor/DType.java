package io.auxgrad.tensor;

/** The element type of a {@link Tensor}. */
public enum DType {
  /** 32-bit IEEE float: the default for values, gradients and optimiser state. */
  FLOAT32(4, "F32"),
  /** 16-bit brain float: compute and storage only. */
  BFLOAT16(2, "BF16"),
  /** Unsigned byte: images, masks, positions inside a pooling window. */
  UINT8(1, "U8"),
  /** 32-bit signed integer: class labels and counts. */
  INT32(4, "I32"),
  /** 64-bit IEEE float: the test oracle, and sums of metrics. */
  FLOAT64(8, "F64");

  private final int bytes;
  private final String safetensorsName;

  DType(int bytes, String safetensorsName) {
    this.bytes = bytes;
    this.safetensorsName = safetensorsName;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** The name of this type in a safetensors header. */
  public String safetensorsName() {
    return safetensorsName;
  }
}
