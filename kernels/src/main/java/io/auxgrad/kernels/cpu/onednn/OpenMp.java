package io.auxgrad.kernels.cpu.onednn;

import io.auxgrad.kernels.cpu.foreign.CFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
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
  private final CFunction parallel = Library.function(PARALLEL);
  private final CFunction threadNumber = Library.function("omp_get_thread_num");
  private final long body = stub();
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
      parallel.call(body, 0, threads, 0);
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
  private void enter() {
    task.run((int) threadNumber.call());
  }

  @SuppressWarnings("restricted")
  private long stub() {
    try {
      MethodHandle enter =
          MethodHandles.lookup().bind(this, "enter", MethodType.methodType(void.class));
      return Linker.nativeLinker().upcallStub(enter, BODY, arena).address();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the entry of this class is missing", e);
    }
  }
}
