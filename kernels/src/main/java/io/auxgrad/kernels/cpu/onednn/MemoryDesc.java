package io.auxgrad.kernels.cpu.onednn;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;

/** Extents, element type and layout of an array as oneDNN sees it. */
final class MemoryDesc implements AutoCloseable {
  private static final int BF16 = 2;
  private static final int F32 = 3;
  private static final int ANY = 1;

  private final long handle;
  private final long[] dims;

  private MemoryDesc(long handle, long[] dims) {
    this.handle = handle;
    this.dims = dims;
  }

  /** An array of the given extents, in oneDNN's order of meaning, and strides in elements. */
  static MemoryDesc strided(DType type, long[] dims, long... strides) {
    return new MemoryDesc(
        Library.create(
            "dnnl_memory_desc_create_with_strides", dims.length, dims, code(type), strides),
        dims);
  }

  /** Images {@code [N,H,W,C]} inside of those of shape {@code whole}. */
  static MemoryDesc nhwc(DType type, Shape shape, Shape whole) {
    long[] dims = {shape.dim(0), shape.dim(3), shape.dim(1), shape.dim(2)};
    return strided(type, dims, whole.stride(0), 1, whole.stride(1), whole.stride(2));
  }

  /** {@code [n]} in float32. */
  static MemoryDesc vector(long n) {
    return strided(DType.FLOAT32, new long[] {n}, 1);
  }

  /** The same extents in whatever layout a primitive likes best, of elements of {@code type}. */
  MemoryDesc any(DType type) {
    return new MemoryDesc(
        Library.create("dnnl_memory_desc_create_with_tag", dims.length, dims, code(type), ANY),
        dims);
  }

  /** The native descriptor. */
  long handle() {
    return handle;
  }

  /** Bytes that an array of the descriptor {@code handle} takes. */
  static long bytes(long handle) {
    return Library.value("dnnl_memory_desc_get_size", handle);
  }

  /** Whether two descriptors mean the same extents and layout. */
  static boolean same(long a, long b) {
    return Library.number("dnnl_memory_desc_equal", a, b) != 0;
  }

  /** A name for the descriptor {@code handle}; another one for any other. */
  static String name(long handle) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
      Library.call("dnnl_memory_desc_get_blob", 0L, size.address(), handle);
      MemorySegment blob = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0));
      Library.call("dnnl_memory_desc_get_blob", blob.address(), size.address(), handle);
      return HexFormat.of().formatHex(blob.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private static int code(DType type) {
    return switch (type) {
      case FLOAT32 -> F32;
      case BFLOAT16 -> BF16;
      case UINT8, INT32, FLOAT64 ->
          throw new IllegalArgumentException(type + " is not a type that products are taken in");
    };
  }

  @Override
  public void close() {
    Library.call("dnnl_memory_desc_destroy", handle);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
