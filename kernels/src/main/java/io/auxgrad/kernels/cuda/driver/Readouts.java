package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Bytes;
import io.auxgrad.tensor.Readout;
import java.lang.foreign.MemorySegment;

/**
 * Copies of a few numbers to the host that nobody waits for before they are asked for. Thread-safe.
 */
final class Readouts implements AutoCloseable {
  /** Bytes of a copy at most. */
  static final long MOST_BYTES = 4096;

  private static final int SLOTS = 4;

  private final Stream stream;
  private final Context context;
  private final Resources open = new Resources();
  private final PinnedMemory pinned;
  private final Runnable whenArrived;
  private final Event[] arrived = new Event[SLOTS];
  private final Slot[] slots = new Slot[SLOTS];
  private int next;

  /**
   * In the order of {@code stream}.
   *
   * @param whenArrived is called each time that the stream has come to a copy
   */
  Readouts(Stream stream, Runnable whenArrived) {
    this.stream = stream;
    this.whenArrived = whenArrived;
    context = stream.context();
    try {
      pinned = open.add(new PinnedMemory(context, SLOTS * MOST_BYTES));
      for (int i = 0; i < SLOTS; i++) {
        arrived[i] = open.add(Event.withoutTime(context));
      }
      open.add(stream::drain);
    } catch (RuntimeException | Error e) {
      open.closeAfter(e);
      throw e;
    }
  }

  private final class Slot implements Readout {
    private final int number;
    private final MemorySegment content;
    private boolean here;

    // Whole words, so that whoever reads the bytes as numbers finds them aligned.
    Slot(int number, long bytes) {
      this.number = number;
      int words = Math.toIntExact(Math.ceilDiv(bytes, Long.BYTES));
      content = MemorySegment.ofArray(new long[words]).asSlice(0, bytes);
    }

    @Override
    public boolean isHere() {
      synchronized (Readouts.this) {
        return here;
      }
    }

    @Override
    public MemorySegment await() {
      synchronized (Readouts.this) {
        if (!here) {
          context.enter();
          arrived[number].synchronize();
          MemorySegment.copy(pinned.segment(), number * MOST_BYTES, content, 0, content.byteSize());
          here = true;
          whenArrived.run();
        }
        return content;
      }
    }
  }

  /**
   * Asks for {@code bytes} at {@code device}; waits for the oldest if too many are on their way.
   */
  synchronized Readout request(long device, long bytes) {
    stream.requireNoCapture("read");
    context.enter();
    int number = next;
    next = (next + 1) % SLOTS;
    if (slots[number] != null) {
      slots[number].await();
    }
    long host = pinned.segment().address() + number * MOST_BYTES;
    int status = context.driver().copyToHost(host, device, bytes, stream.address());
    context.calls().check(status, "copying %s from the GPU".formatted(Bytes.text(bytes)));
    arrived[number].record(stream);
    slots[number] = new Slot(number, bytes);
    return slots[number];
  }

  @Override
  public void close() {
    open.close();
  }
}
