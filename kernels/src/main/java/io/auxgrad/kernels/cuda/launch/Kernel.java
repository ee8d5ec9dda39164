package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A kernel and the place where its arguments are laid out. They are put in the order of the
 * kernel's parameters and in their types, then it is launched:
 *
 * <pre>{@code
 * kernel.begin().put(x).put(y).put(n).launch(n, 4);
 * }</pre>
 *
 * <p>Nothing is allocated on the way. The launch copies the arguments, so that the next one may be
 * prepared at once.
 */
public abstract class Kernel {
  /** Threads of a block where nothing else is said. */
  public static final int BLOCK = 256;

  /** What the driver takes at most. */
  private static final int ARGUMENT_BYTES = 4096;

  private static final int MOST_ARGUMENTS = 64;
  private static final long MOST_ACROSS = Integer.MAX_VALUE;
  private static final int MOST_DOWN = 65_535;

  private final String name;
  private final MemorySegment values;
  private final MemorySegment pointers;
  private long end;
  private int count;

  /**
   * With arguments laid out in {@code arena}.
   *
   * @param name of the entry point
   */
  protected Kernel(String name, Arena arena) {
    this.name = name;
    values = arena.allocate(ARGUMENT_BYTES, 16);
    pointers = arena.allocate(ValueLayout.ADDRESS, MOST_ARGUMENTS);
  }

  /** The name of the entry point. */
  public final String name() {
    return name;
  }

  /** Forgets arguments that were put for a launch that did not come about. */
  public final Kernel begin() {
    end = 0;
    count = 0;
    return this;
  }

  /** A pointer to the elements of {@code tensor}, or a null pointer. */
  public final Kernel put(Tensor tensorOrNull) {
    return put(tensorOrNull == null ? 0 : tensorOrNull.address());
  }

  /** A pointer to {@code buffer}. */
  public final Kernel put(Buffer buffer) {
    return put(buffer.address());
  }

  /** A 64-bit number or a pointer. */
  public final Kernel put(long value) {
    values.set(ValueLayout.JAVA_LONG, place(8, 8), value);
    return this;
  }

  /** A 32-bit number. */
  public final Kernel put(int value) {
    values.set(ValueLayout.JAVA_INT, place(4, 4), value);
    return this;
  }

  /** A float. */
  public final Kernel put(float value) {
    values.set(ValueLayout.JAVA_FLOAT, place(4, 4), value);
    return this;
  }

  /** A double. */
  public final Kernel put(double value) {
    values.set(ValueLayout.JAVA_DOUBLE, place(8, 8), value);
    return this;
  }

  /** A structure, passed by value: a copy of {@code structure}. */
  public final Kernel put(MemorySegment structure) {
    long at = place(structure.byteSize(), 16);
    MemorySegment.copy(structure, 0, values, at, structure.byteSize());
    return this;
  }

  private long place(long bytes, long alignment) {
    long at = end + alignment - 1 & -alignment;
    if (count == MOST_ARGUMENTS || at + bytes > ARGUMENT_BYTES) {
      throw new IllegalStateException(
          "kernel %s: argument %d of %d bytes does not fit".formatted(name, count, bytes));
    }
    pointers.setAtIndex(ValueLayout.JAVA_LONG, count++, values.address() + at);
    end = at + bytes;
    return at;
  }

  /**
   * Launches a thread for each {@code perThread} of {@code items}, in blocks of {@link #BLOCK}; no
   * item, no launch.
   */
  public final void launch(long items, int perThread) {
    launchBlocks(Math.ceilDiv(items, (long) BLOCK * perThread), BLOCK);
  }

  /** Launches {@code blocks} blocks of {@code threads} threads in a row; no block, no launch. */
  public final void launchBlocks(long blocks, int threads) {
    launchGrid(blocks, 1, 1, threads);
  }

  /**
   * Launches a grid of {@code x * y * z} blocks of {@code threads} threads in a row; no block, no
   * launch.
   *
   * @throws TensorException if a GPU has no such grid
   */
  public final void launchGrid(long x, int y, int z, int threads) {
    if (x > MOST_ACROSS || y > MOST_DOWN || z > MOST_DOWN) {
      throw new TensorException(
          "kernel %s: a grid of %d x %d x %d blocks is more than a GPU takes, %d x %d x %d: use smaller or fewer images, or fewer channels"
              .formatted(name, x, y, z, MOST_ACROSS, MOST_DOWN, MOST_DOWN));
    }
    if (x > 0 && y > 0 && z > 0) {
      run((int) x, y, z, threads, pointers, count);
    }
  }

  /**
   * Launches.
   *
   * @param arguments pointers to the arguments, in their order
   * @param count of them
   */
  protected abstract void run(
      int gridX, int gridY, int gridZ, int threads, MemorySegment arguments, int count);
}
