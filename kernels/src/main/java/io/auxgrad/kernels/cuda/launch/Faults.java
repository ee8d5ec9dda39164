package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.TensorException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * What kernels found wrong with their data. A kernel cannot throw, so it is given the address of a
 * word and the number of a message; the first thread that finds something puts both a value and a
 * place there, and the exception comes when the host next waits for the GPU.
 *
 * <p>In {@code common.cuh}: {@code struct Fault { int message; int value; long long place; int
 * claimed; }}.
 */
public final class Faults {
  /** Bytes of the word. */
  public static final int BYTES = 24;

  private static final int VALUE = 4;
  private static final int PLACE = 8;
  private static final int CLAIMED = 16;

  /** Makes the text for the user of what a kernel reported. */
  public interface Message {
    /** Of the value and of the number of the element that held it. */
    String of(int value, long place);
  }

  private static final int MOST = 1024;

  private final long address;
  private final MemorySegment host;
  private final List<Message> pending = new ArrayList<>();
  private final List<Message> kept = new ArrayList<>();
  private boolean keeping;
  private int forgotten;

  /**
   * For one GPU.
   *
   * @param address of the word, as kernels see it
   * @param host the same word as the host sees it, {@link #BYTES} bytes
   */
  public Faults(long address, MemorySegment host) {
    this.address = address;
    this.host = host;
    host.fill((byte) 0);
  }

  /** The address of the word, for {@link Kernel#put(long)}. */
  public long address() {
    return address;
  }

  /**
   * The number to hand to a kernel together with {@link #address}; valid until the next {@link
   * #check}, or for good in {@link #keepWhatIsExpected}.
   */
  public int expect(Message message) {
    if (keeping) {
      kept.add(message);
      return -kept.size();
    }
    if (pending.size() == MOST) {
      // Old ones are done with: whoever trains without ever reading a loss keeps the last ones.
      pending.subList(0, MOST / 2).clear();
      forgotten += MOST / 2;
    }
    pending.add(message);
    return forgotten + pending.size();
  }

  /** Numbers that {@code body} is given stay valid: launches are captured there and done later. */
  public void keepWhatIsExpected(Runnable body) {
    keeping = true;
    try {
      body.run();
    } finally {
      keeping = false;
    }
  }

  /** Throws what was reported, when the GPU has come to some point but goes on. */
  public void raise() {
    int number = host.get(ValueLayout.JAVA_INT, 0);
    if (number != 0) {
      int value = host.get(ValueLayout.JAVA_INT, VALUE);
      long place = host.get(ValueLayout.JAVA_LONG, PLACE);
      host.set(ValueLayout.JAVA_INT, 0, 0);
      // The claim goes last: from then on another kernel may write.
      VarHandle.releaseFence();
      host.set(ValueLayout.JAVA_INT, CLAIMED, 0);
      throw new TensorException(text(number, value, place));
    }
  }

  /**
   * Throws what was reported, and is ready for the next. To be called when the GPU has finished.
   */
  public void check() {
    try {
      raise();
    } finally {
      pending.clear();
      forgotten = 0;
    }
  }

  private String text(int number, int value, long place) {
    if (number < 0) {
      return kept.get(-number - 1).of(value, place);
    }
    int at = number - forgotten - 1;
    return at >= 0 && at < pending.size()
        ? pending.get(at).of(value, place)
        : "value %d at element %d is out of range".formatted(value, place);
  }
}
