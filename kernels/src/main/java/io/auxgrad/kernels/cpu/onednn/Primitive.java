package io.auxgrad.kernels.cpu.onednn;

import io.auxgrad.kernels.cpu.foreign.CFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A oneDNN primitive with the memory objects of its arguments. */
final class Primitive implements AutoCloseable {
  private static final int EXEC_ARG_MD = 255;
  private static final int EXEC_ARG_BYTES = 16;

  private static final CFunction EXECUTE = Library.function("dnnl_primitive_execute");
  private static final CFunction SET_HANDLE = Library.function("dnnl_memory_set_data_handle");

  private final Arena arena = Arena.ofShared();
  private final OneDnn dnn;
  private final String what;
  private final long descriptor;
  private final long handle;
  private final long[] memories;
  private final long arguments;

  /**
   * Takes over {@code descriptor}.
   *
   * @param what for messages
   * @param ids the {@code DNNL_ARG_*} of each argument; an argument is known by its position in
   *     them
   * @param layouts the memory descriptor of each argument, copied
   */
  Primitive(OneDnn dnn, String what, long descriptor, int[] ids, long[] layouts) {
    this.dnn = dnn;
    this.what = what;
    handle = Library.create("dnnl_primitive_create", descriptor);
    this.descriptor = descriptorOf(handle);
    memories = new long[ids.length];
    MemorySegment table = arena.allocate((long) EXEC_ARG_BYTES * ids.length, Long.BYTES);
    for (int i = 0; i < ids.length; i++) {
      memories[i] = Library.create("dnnl_memory_create", layouts[i], dnn.engine(), 0L);
      table.set(ValueLayout.JAVA_INT, (long) i * EXEC_ARG_BYTES, ids[i]);
      table.set(ValueLayout.JAVA_LONG, (long) i * EXEC_ARG_BYTES + Long.BYTES, memories[i]);
    }
    arguments = table.address();
    // The primitive has a copy of its own, and of some hundred primitives that is tens of
    // megabytes.
    Library.call("dnnl_primitive_desc_destroy", descriptor);
  }

  private long descriptorOf(long handle) {
    MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
    Library.call("dnnl_primitive_get_primitive_desc", handle, out.address());
    return out.get(ValueLayout.JAVA_LONG, 0);
  }

  /** The memory descriptor of argument {@code id}; lives as long as this. */
  long layout(int id) {
    return layout(descriptor, id);
  }

  /**
   * The memory descriptor that argument {@code id} must have; lives as long as {@code descriptor}.
   */
  static long layout(long descriptor, int id) {
    return Library.value("dnnl_primitive_desc_query_md", descriptor, EXEC_ARG_MD, id);
  }

  /** Sets where the argument at {@code position} lies. */
  void set(int position, long address) {
    Library.check(what, (int) SET_HANDLE.call(memories[position], address));
  }

  /** Computes; returns when done. */
  void run() {
    Library.check(what, (int) EXECUTE.call(handle, dnn.stream(), memories.length, arguments));
  }

  @Override
  public void close() {
    Library.call("dnnl_primitive_destroy", handle);
    for (long memory : memories) {
      Library.call("dnnl_memory_destroy", memory);
    }
    arena.close();
  }
}
