package io.auxgrad.kernels.cpu.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Runs Java code on the OpenMP threads that oneDNN uses. One team of threads for both: with two,
 * the one that waits would take the cores from the one that works, or each change between them
 * would wake threads that sleep.
 *
 * <p>OpenMP keeps a team per calling thread. The threads stay attached to the Java machine as
 * daemons.
 */
public final class OpenMp implements AutoCloseable {
  /** What each thread does; must not throw. */
  public interface Task {
    /** Called once with each thread number, 0 on the calling thread. */
    void run(int thread);
  }

  private static final FunctionDescriptor BODY = FunctionDescriptor.ofVoid();
  private static final String PARALLEL = "GOMP_parallel";

  private final Arena arena = Arena.ofShared();
  private final MethodHandle parallel =
      Library.function(
          PARALLEL,
          FunctionDescriptor.ofVoid(
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));
  private final MethodHandle threadNumber =
      Library.function("omp_get_thread_num", FunctionDescriptor.of(ValueLayout.JAVA_INT));
  private final MemorySegment body = stub();
  private volatile Task task;

  /** Whether the OpenMP library of this platform lets other code in. */
  public static boolean available() {
    OneDnn.get();
    return Library.has(PARALLEL);
  }

  /**
   * Runs {@code work} once on each of {@code threads} threads; returns when all are done. One
   * caller at a time.
   */
  public void run(int threads, Task work) {
    task = work;
    try {
      parallel.invokeExact(body, 0L, threads, 0);
    } catch (Throwable t) {
      throw new OneDnnException(PARALLEL + " could not be called", t);
    } finally {
      task = null;
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  // Called by OpenMP on each of its threads; the data pointer that it passes too is not taken.
  @SuppressWarnings("UnusedMethod")
  private void enter() throws Throwable {
    task.run((int) threadNumber.invokeExact());
  }

  @SuppressWarnings("restricted")
  private MemorySegment stub() {
    try {
      MethodHandle enter =
          MethodHandles.lookup().bind(this, "enter", MethodType.methodType(void.class));
      return Linker.nativeLinker().upcallStub(enter, BODY, arena);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the entry of this class is missing", e);
    }
  }
}
