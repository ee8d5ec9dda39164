package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.foreign.CFunction;
import java.lang.foreign.ValueLayout;

/**
 * Address space that gets memory page by page when it is first written, on Linux: {@code mmap} and
 * its relatives.
 */
final class Pages {
  /** Size of a large page, of which the system is asked for where it has them. */
  static final long LARGE = 2L << 20;

  private static final int READ_WRITE = 1 | 2;
  private static final int PRIVATE_ANONYMOUS = 0x2 | 0x20;
  private static final int ADVICE_DISCARD = 4;
  private static final int ADVICE_LARGE_PAGES = 14;
  private static final int SYSCONF_PAGE_SIZE = 30;
  private static final int SYSCONF_PAGES = 85;
  private static final long NO_FILE = -1;
  private static final long FAILED = -1;

  private static final boolean AVAILABLE =
      System.getProperty("os.name").equals("Linux") && ValueLayout.ADDRESS.byteSize() == 8;

  private static final CFunction MMAP = function("mmap");
  private static final CFunction MUNMAP = function("munmap");
  private static final CFunction MADVISE = function("madvise");
  private static final CFunction SYSCONF = function("sysconf");

  private Pages() {}

  /** Bytes of memory that the machine has, or 0 where {@link #reserve} does not work. */
  static long installed() {
    return AVAILABLE ? SYSCONF.call(SYSCONF_PAGE_SIZE) * SYSCONF.call(SYSCONF_PAGES) : 0;
  }

  /** The address of {@code bytes} bytes of address space, or 0 where the system refuses. */
  static long reserve(long bytes) {
    long address = MMAP.callWith(0, bytes, READ_WRITE, PRIVATE_ANONYMOUS, NO_FILE, 0);
    if (address == FAILED) {
      return 0;
    }
    advise(address, bytes, ADVICE_LARGE_PAGES);
    return address;
  }

  /** Gives address space back, with the memory in it. */
  static void free(long address, long bytes) {
    int status = (int) MUNMAP.call(address, bytes);
    assert status == 0;
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
    int status = (int) MADVISE.call(address, bytes, advice);
    assert status == 0 || advice == ADVICE_LARGE_PAGES;
  }

  private static CFunction function(String name) {
    return AVAILABLE ? CFunction.ofSystem(name) : null;
  }
}
