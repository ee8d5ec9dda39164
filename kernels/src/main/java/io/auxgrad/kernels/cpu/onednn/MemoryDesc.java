package io.auxgrad.kernels.cpu.onednn;

import java.util.Arrays;

/** Extents and layout of a float32 array as oneDNN sees it. */
final class MemoryDesc implements AutoCloseable {
  private static final int F32 = 3;
  private static final int ANY = 1;

  private final long handle;
  private final long[] dims;

  private MemoryDesc(long handle, long[] dims) {
    this.handle = handle;
    this.dims = dims;
  }

  /** An array of the given extents, in oneDNN's order of meaning, and strides in elements. */
  static MemoryDesc strided(long[] dims, long... strides) {
    return new MemoryDesc(
        Library.create("dnnl_memory_desc_create_with_strides", dims.length, dims, F32, strides),
        dims);
  }

  /** {@code [n,c,h,w]} stored as NHWC. */
  static MemoryDesc nhwc(long n, long h, long w, long c) {
    return strided(new long[] {n, c, h, w}, h * w * c, 1, w * c, c);
  }

  /** {@code [n]}. */
  static MemoryDesc vector(long n) {
    return strided(new long[] {n}, 1);
  }

  /** The same extents in whatever layout a primitive likes best. */
  MemoryDesc any() {
    return new MemoryDesc(
        Library.create("dnnl_memory_desc_create_with_tag", dims.length, dims, F32, ANY), dims);
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

  @Override
  public void close() {
    Library.call("dnnl_memory_desc_destroy", handle);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
