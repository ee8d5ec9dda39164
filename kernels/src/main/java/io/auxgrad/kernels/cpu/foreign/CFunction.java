package io.auxgrad.kernels.cpu.foreign;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Collections;

/**
 * A C function of up to {@value #MOST} integers and pointers, and no floating point numbers.
 *
 * <p>All of them are called through one method handle, as if they took {@value #MOST} numbers of 64
 * bits: for each shape of its own the JVM would write and compile a dozen classes while a program
 * starts, some hundred milliseconds in all. The calling conventions of the platforms that there are
 * libraries for allow it: whoever takes an {@code int} looks at the lower half of its register or
 * slot, and arguments are cleared away by the caller, so that nobody looks at those beyond a
 * function's own.
 */
@SuppressWarnings("restricted")
public final class CFunction {
  /** The most arguments that a function may have. */
  public static final int MOST = 13;

  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  JAVA_LONG, Collections.nCopies(MOST, JAVA_LONG).toArray(MemoryLayout[]::new)));

  private final String name;
  private final MemorySegment address;

  private CFunction(String name, MemorySegment address) {
    this.name = name;
    this.address = address;
  }

  /**
   * The function {@code name} of {@code library}, which must outlive the calls.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public static CFunction of(SymbolLookup library, String name) {
    return new CFunction(name, library.findOrThrow(name));
  }

  /** The function {@code name} of the C library. */
  public static CFunction ofSystem(String name) {
    return of(Linker.nativeLinker().defaultLookup(), name);
  }

  /** Its answer, of which only as many bits mean something as its type in C has. */
  public long call() {
    return call(0, 0, 0, 0);
  }

  /** The same of one argument. */
  public long call(long a) {
    return call(a, 0, 0, 0);
  }

  /** The same of two arguments. */
  public long call(long a, long b) {
    return call(a, b, 0, 0);
  }

  /** The same of three arguments. */
  public long call(long a, long b, long c) {
    return call(a, b, c, 0);
  }

  /** The same of four arguments. */
  public long call(long a, long b, long c, long d) {
    return call(a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * The same of up to {@value #MOST} arguments.
   *
   * @throws IllegalArgumentException if there are more
   */
  public long callWith(long... arguments) {
    if (arguments.length > MOST) {
      throw new IllegalArgumentException(
          "%s is called with %d arguments; %d is the most".formatted(name, arguments.length, MOST));
    }
    long[] a = Arrays.copyOf(arguments, MOST);
    return call(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
  }

  private long call(
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g,
      long h,
      long i,
      long j,
      long k,
      long l,
      long m) {
    try {
      return (long) CALL.invokeExact(address, a, b, c, d, e, f, g, h, i, j, k, l, m);
    } catch (Throwable t) {
      throw new IllegalStateException(name + " could not be called", t);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
