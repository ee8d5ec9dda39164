package io.auxgrad.kernels.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Address space that gets memory page by page when it is first written, on Linux: {@code mmap} and
 * its relatives.
 */
@SuppressWarnings("restricted")
final class Pages {
  /** Size of a large page, of which the system is asked for where it has them. */
  static final long LARGE = 2L << 20;

  private static final int READ_WRITE = 1 | 2;
  private static final int PRIVATE_ANONYMOUS = 0x2 | 0x20;
  private static final int ADVICE_DISCARD = 4;
  private static final int ADVICE_LARGE_PAGES = 14;
  private static final int SYSCONF_PAGE_SIZE = 30;
  private static final int SYSCONF_PAGES = 85;
  private static final long FAILED = -1;

  private static final boolean AVAILABLE =
      System.getProperty("os.name").equals("Linux") && ValueLayout.ADDRESS.byteSize() == 8;

  private static final MethodHandle MMAP =
      handle(
          "mmap",
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_LONG);
  private static final MethodHandle MUNMAP =
      handle("munmap", ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
  private static final MethodHandle MADVISE =
      handle(
          "madvise",
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT);
  private static final MethodHandle SYSCONF =
      handle("sysconf", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);

  private Pages() {}

  /** Bytes of memory that the machine has, or 0 where {@link #reserve} does not work. */
  static long installed() {
    return AVAILABLE ? sysconf(SYSCONF_PAGE_SIZE) * sysconf(SYSCONF_PAGES) : 0;
  }

  /** The address of {@code bytes} bytes of address space, or 0 where the system refuses. */
  static long reserve(long bytes) {
    long address;
    try {
      address = (long) MMAP.invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS, (int) FAILED, 0L);
    } catch (Throwable t) {
      throw new IllegalStateException("mmap could not be called", t);
    }
    if (address == FAILED) {
      return 0;
    }
    advise(address, bytes, ADVICE_LARGE_PAGES);
    return address;
  }

  /** Gives address space back, with the memory in it. */
  static void free(long address, long bytes) {
    try {
      int status = (int) MUNMAP.invokeExact(address, bytes);
      assert status == 0;
    } catch (Throwable t) {
      throw new IllegalStateException("munmap could not be called", t);
    }
  }

  /** Gives back the memory of the whole pages in this range; they may be written again. */
  static void discard(long address, long bytes) {
    long from = Math.ceilDiv(address, LARGE) * LARGE;
    long to = address + bytes;
    if (from < to) {
      advise(from, to - from, ADVICE_DISCARD);
    }
  }

  // Advice may be refused, for example where the system has no large pages: nothing is lost.
  private static void advise(long address, long bytes, int advice) {
    try {
      int status = (int) MADVISE.invokeExact(address, bytes, advice);
      assert status == 0 || advice == ADVICE_LARGE_PAGES;
    } catch (Throwable t) {
      throw new IllegalStateException("madvise could not be called", t);
    }
  }

  private static long sysconf(int name) {
    try {
      return (long) SYSCONF.invokeExact(name);
    } catch (Throwable t) {
      throw new IllegalStateException("sysconf could not be called", t);
    }
  }

  private static MethodHandle handle(String name, ValueLayout result, ValueLayout... arguments) {
    return AVAILABLE
        ? Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments))
        : null;
  }
}
