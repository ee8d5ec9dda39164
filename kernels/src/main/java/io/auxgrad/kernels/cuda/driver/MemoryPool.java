package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUmemAllocationType;
import jcuda.driver.CUmemLocationType;
import jcuda.driver.CUresult;

/**
 * A pool of the driver: memory is taken and given back in the order of a stream, and stays with the
 * process until {@link #trim}. Thread-safe.
 */
final class MemoryPool {
  // enum CUmemPool_attribute
  private static final int RELEASE_THRESHOLD = 4;
  private static final int RESERVED_NOW = 5;

  // struct CUmemPoolProps, whose rest must be zero
  private static final long PROPERTIES_BYTES = 88;
  private static final long ALLOCATION_TYPE = 0;
  private static final long LOCATION_TYPE = 8;
  private static final long LOCATION_ID = 12;

  private final Context context;
  private final Driver driver;
  private final Calls calls;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
  private final Set<Long> taken = new HashSet<>();
  private final long handle;

  /** On device {@code index}. */
  MemoryPool(Context context, int index) {
    this.context = context;
    driver = context.driver();
    calls = context.calls();
    try {
      handle = create(index);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private long create(int index) {
    context.enter();
    requireSupport();
    MemorySegment properties = arena.allocate(PROPERTIES_BYTES, 8);
    properties.set(
        ValueLayout.JAVA_INT, ALLOCATION_TYPE, CUmemAllocationType.CU_MEM_ALLOCATION_TYPE_PINNED);
    properties.set(
        ValueLayout.JAVA_INT, LOCATION_TYPE, CUmemLocationType.CU_MEM_LOCATION_TYPE_DEVICE);
    properties.set(ValueLayout.JAVA_INT, LOCATION_ID, index);
    calls.check(driver.createPool(result, properties), "cuMemPoolCreate");
    long pool = result.get(ValueLayout.JAVA_LONG, 0);
    // By default all that is unused goes back to the system each time the GPU is waited for.
    result.set(ValueLayout.JAVA_LONG, 0, -1L);
    int status = driver.setPoolAttribute(pool, RELEASE_THRESHOLD, result);
    if (status != CUresult.CUDA_SUCCESS) {
      driver.destroyPool(pool);
      throw calls.failure(status, "cuMemPoolSetAttribute");
    }
    return pool;
  }

  private void requireSupport() {
    int attribute = CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED;
    if (DeviceInfo.attribute(context.device(), attribute) == 0) {
      calls.check(
          CUresult.CUDA_ERROR_NOT_SUPPORTED,
          "asking for a memory pool, which this GPU or its virtualization lacks,");
    }
  }

  /** The address of new memory, usable by what {@code stream} does next; none if it is used up. */
  synchronized OptionalLong allocate(long bytes, Stream stream) {
    context.enter();
    int status = driver.allocate(result, bytes, handle, stream.address());
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return OptionalLong.empty();
    }
    calls.check(status, "cuMemAllocFromPoolAsync of " + Bytes.text(bytes));
    long address = result.get(ValueLayout.JAVA_LONG, 0);
    taken.add(address);
    return OptionalLong.of(address);
  }

  /** Gives memory back when {@code stream} has done what it has to do. */
  synchronized void free(long address, Stream stream) {
    context.enter();
    taken.remove(address);
    calls.checkUnlessLost(driver.free(address, stream.address()), "cuMemFreeAsync");
  }

  /** Bytes held from the system. */
  synchronized long reserved() {
    context.enter();
    calls.check(driver.getPoolAttribute(handle, RESERVED_NOW, result), "cuMemPoolGetAttribute");
    return result.get(ValueLayout.JAVA_LONG, 0);
  }

  /** Returns what is unused to the system. */
  synchronized void trim() {
    context.enter();
    calls.check(driver.trimPool(handle, 0), "cuMemPoolTrimTo");
  }

  /** Frees what was taken and not given back too, without which the driver would keep the pool. */
  synchronized void close(Stream stream) {
    try (Resources all = new Resources()) {
      all.add(arena);
      all.add(this::destroy);
      Set.copyOf(taken).forEach(address -> all.add(() -> free(address, stream)));
    }
  }

  private void destroy() {
    context.enter();
    calls.checkUnlessLost(driver.destroyPool(handle), "cuMemPoolDestroy");
  }
}
