package io.auxgrad.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * The functions of the driver that are called for each op, and those that JCuda lacks: a launch
 * costs tens of nanoseconds here and half a microsecond through JCuda, which serves for what is
 * done once. Addresses are {@code long}s; every function returns a status.
 */
@SuppressWarnings("restricted")
final class Driver {
  /** What JCuda calls here. */
  private static final List<String> BY_JCUDA =
      List.of(
          "cuCtxSetCurrent",
          "cuDeviceGet",
          "cuDeviceGetAttribute",
          "cuDeviceGetCount",
          "cuDeviceGetName",
          "cuDevicePrimaryCtxRelease_v2",
          "cuDevicePrimaryCtxRetain",
          "cuDeviceTotalMem_v2",
          "cuDriverGetVersion",
          "cuEventCreate",
          "cuEventDestroy_v2",
          "cuEventElapsedTime",
          "cuEventQuery",
          "cuEventSynchronize",
          "cuGetErrorName",
          "cuGetErrorString",
          "cuGraphDestroy",
          "cuGraphExecDestroy",
          "cuGraphInstantiateWithFlags",
          "cuInit",
          "cuMemFreeHost",
          "cuMemGetInfo_v2",
          "cuMemHostAlloc",
          "cuMemHostGetDevicePointer_v2",
          "cuModuleGetFunction",
          "cuModuleLoadData",
          "cuModuleUnload",
          "cuStreamBeginCapture_v2",
          "cuStreamCreate",
          "cuStreamDestroy_v2",
          "cuStreamEndCapture",
          "cuStreamWaitEvent");

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle LAUNCH =
      handle(
          ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS,
          ADDRESS, ADDRESS);
  private static final MethodHandle COPY = handle(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FILL = handle(JAVA_LONG, JAVA_BYTE, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle ALLOCATE = handle(ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle OF_TWO = handle(JAVA_LONG, JAVA_LONG);
  private static final MethodHandle OF_ONE = handle(JAVA_LONG);
  private static final MethodHandle CREATE = handle(ADDRESS, ADDRESS);
  private static final MethodHandle ATTRIBUTE = handle(JAVA_LONG, JAVA_INT, ADDRESS);
  private static final MethodHandle PARAMETER = handle(ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);

  private final MemorySegment launch;
  private final MemorySegment launchGraph;
  private final MemorySegment copyToDevice;
  private final MemorySegment copyToHost;
  private final MemorySegment copyOnDevice;
  private final MemorySegment fill;
  private final MemorySegment allocate;
  private final MemorySegment free;
  private final MemorySegment createPool;
  private final MemorySegment destroyPool;
  private final MemorySegment trimPool;
  private final MemorySegment setPoolAttribute;
  private final MemorySegment getPoolAttribute;
  private final MemorySegment record;
  private final MemorySegment synchronize;
  private final Optional<MemorySegment> parameter;

  private Driver(Lookup lookup) {
    launch = lookup.find("cuLaunchKernel");
    launchGraph = lookup.find("cuGraphLaunch");
    copyToDevice = lookup.find("cuMemcpyHtoDAsync_v2");
    copyToHost = lookup.find("cuMemcpyDtoHAsync_v2");
    copyOnDevice = lookup.find("cuMemcpyDtoDAsync_v2");
    fill = lookup.find("cuMemsetD8Async");
    allocate = lookup.find("cuMemAllocFromPoolAsync");
    free = lookup.find("cuMemFreeAsync");
    createPool = lookup.find("cuMemPoolCreate");
    destroyPool = lookup.find("cuMemPoolDestroy");
    trimPool = lookup.find("cuMemPoolTrimTo");
    setPoolAttribute = lookup.find("cuMemPoolSetAttribute");
    getPoolAttribute = lookup.find("cuMemPoolGetAttribute");
    record = lookup.find("cuEventRecord");
    synchronize = lookup.find("cuStreamSynchronize");
    parameter = lookup.symbols().find("cuFuncGetParamInfo");
  }

  private record Lookup(SymbolLookup symbols) {
    MemorySegment find(String name) {
      return symbols
          .find(name)
          .orElseThrow(
              () -> new CudaException("the driver lacks " + name + ": install a newer driver"));
    }
  }

  /**
   * Loads the driver.
   *
   * @throws CudaException if it is missing or cannot be loaded
   */
  static Driver load(CudaLibraries libraries) {
    return new Driver(new Lookup(libraries.load(CudaLibrary.DRIVER, BY_JCUDA)));
  }

  private static MethodHandle handle(ValueLayout... parameters) {
    return LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, parameters));
  }

  int launch(
      long function, int x, int y, int z, int threads, long stream, MemorySegment arguments) {
    try {
      return (int)
          LAUNCH.invokeExact(
              launch,
              MemorySegment.ofAddress(function),
              x,
              y,
              z,
              threads,
              1,
              1,
              0,
              MemorySegment.ofAddress(stream),
              arguments,
              MemorySegment.NULL);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int launchGraph(long graph, long stream) {
    return ofTwo(launchGraph, graph, stream);
  }

  /** {@code host} must be pinned and stay as it is until the copy is done. */
  int copyToDevice(long device, long host, long bytes, long stream) {
    return copy(copyToDevice, device, host, bytes, stream);
  }

  /** {@code host} must be pinned. */
  int copyToHost(long host, long device, long bytes, long stream) {
    return copy(copyToHost, host, device, bytes, stream);
  }

  int copyOnDevice(long to, long from, long bytes, long stream) {
    return copy(copyOnDevice, to, from, bytes, stream);
  }

  private static int copy(MemorySegment function, long to, long from, long bytes, long stream) {
    try {
      return (int) COPY.invokeExact(function, to, from, bytes, stream);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int fill(long device, byte value, long bytes, long stream) {
    try {
      return (int) FILL.invokeExact(fill, device, value, bytes, stream);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int allocate(MemorySegment address, long bytes, long pool, long stream) {
    try {
      return (int) ALLOCATE.invokeExact(allocate, address, bytes, pool, stream);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int free(long address, long stream) {
    return ofTwo(free, address, stream);
  }

  int createPool(MemorySegment pool, MemorySegment properties) {
    try {
      return (int) CREATE.invokeExact(createPool, pool, properties);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int destroyPool(long pool) {
    return ofOne(destroyPool, pool);
  }

  int trimPool(long pool, long bytesToKeep) {
    return ofTwo(trimPool, pool, bytesToKeep);
  }

  int setPoolAttribute(long pool, int attribute, MemorySegment value) {
    return attribute(setPoolAttribute, pool, attribute, value);
  }

  int getPoolAttribute(long pool, int attribute, MemorySegment value) {
    return attribute(getPoolAttribute, pool, attribute, value);
  }

  private static int attribute(
      MemorySegment function, long pool, int attribute, MemorySegment value) {
    try {
      return (int) ATTRIBUTE.invokeExact(function, pool, attribute, value);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  int record(long event, long stream) {
    return ofTwo(record, event, stream);
  }

  int synchronize(long stream) {
    return ofOne(synchronize, stream);
  }

  /** Whether the driver tells the parameters of kernels: from CUDA 12.4 on. */
  boolean tellsParameters() {
    return parameter.isPresent();
  }

  /** Fails with {@code CUDA_ERROR_INVALID_VALUE} behind the last parameter. */
  int parameter(long function, long index, MemorySegment offset, MemorySegment bytes) {
    try {
      return (int)
          PARAMETER.invokeExact(
              parameter.orElseThrow(), MemorySegment.ofAddress(function), index, offset, bytes);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  private static int ofTwo(MemorySegment function, long a, long b) {
    try {
      return (int) OF_TWO.invokeExact(function, a, b);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  private static int ofOne(MemorySegment function, long a) {
    try {
      return (int) OF_ONE.invokeExact(function, a);
    } catch (Throwable t) {
      throw impossible(t);
    }
  }

  // A call of C throws nothing.
  private static AssertionError impossible(Throwable t) {
    return new AssertionError("a function of the driver could not be called", t);
  }
}
