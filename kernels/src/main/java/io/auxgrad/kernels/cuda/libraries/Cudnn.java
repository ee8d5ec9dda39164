package io.auxgrad.kernels.cuda.libraries;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import jcuda.jcudnn.JCudnn;

/** cuDNN, loaded: its version, and exceptions for its statuses. */
public final class Cudnn {
  private static final List<String> FUNCTIONS =
      List.of("cudnnGetCudartVersion", "cudnnGetErrorString", "cudnnGetProperty");
  private static final int LONGEST_TEXT = 1024;

  private final Version version;
  private final Optional<MethodHandle> lastError;

  private Cudnn(SymbolLookup symbols) {
    version = Version.of(property(0), property(1), property(2));
    lastError = symbols.find("cudnnGetLastErrorString").map(Cudnn::textFunction);
  }

  /**
   * Loads it.
   *
   * @param functions that will be called through {@link JCudnn}
   * @throws CudaException if it is missing, lacks a function, or belongs to another CUDA than the
   *     other libraries
   */
  public static Cudnn load(CudaLibraries libraries, Collection<String> functions) {
    libraries.requireFunctions(CudaLibrary.CUDNN, functions);
    Cudnn cudnn = new Cudnn(libraries.load(CudaLibrary.CUDNN, FUNCTIONS));
    long cuda = JCudnn.cudnnGetCudartVersion() / 1000;
    int others = libraries.require(CudaLibrary.CUBLAS).version().major();
    if (cuda != others) {
      throw new CudaException(
          "%s belongs to CUDA %d, but CUDA %d was found: install cuDNN for CUDA %d"
              .formatted(libraries.require(CudaLibrary.CUDNN), cuda, others, others));
    }
    return cudnn;
  }

  /** What the library itself says. */
  public Version version() {
    return version;
  }

  /**
   * Throws if {@code status}, which {@code call} returned, is not that of success.
   *
   * @throws UnsupportedByLibraryException if it is that of an op that cuDNN does not have
   * @throws TemporaryFailureException if memory or something else is missing now
   */
  public void check(int status, String call) {
    CudnnStatus kind = CudnnStatus.of(status);
    if (kind != CudnnStatus.SUCCESS) {
      String message =
          "%s failed: %s%s".formatted(call, JCudnn.cudnnGetErrorString(status), details());
      throw switch (kind) {
        case NOT_SUPPORTED -> new UnsupportedByLibraryException(message);
        case NOT_READY, OUT_OF_MEMORY -> new TemporaryFailureException(message);
        default -> new CudaException(message);
      };
    }
  }

  // What cuDNN 9 says about the last failure of this thread.
  private String details() {
    if (lastError.isEmpty()) {
      return "";
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(LONGEST_TEXT);
      lastError.get().invokeExact(text, (long) LONGEST_TEXT - 1);
      String details = text.getString(0);
      return details.isBlank() ? "" : " (" + details.strip() + ")";
    } catch (Throwable t) {
      throw new CudaException("cudnnGetLastErrorString could not be called", t);
    }
  }

  private static int property(int which) {
    int[] value = new int[1];
    int status = JCudnn.cudnnGetProperty(which, value);
    if (status != 0) {
      throw new CudaException("cudnnGetProperty failed: " + JCudnn.cudnnGetErrorString(status));
    }
    return value[0];
  }

  @SuppressWarnings("restricted")
  private static MethodHandle textFunction(MemorySegment address) {
    return Linker.nativeLinker()
        .downcallHandle(
            address, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
  }
}
