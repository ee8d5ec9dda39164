package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * Uploads of a few numbers, as the settings of a step, in the order of a stream. They have pinned
 * memory of their own, so that the host writes those of the next step while the pieces of {@link
 * Staging} are on their way. Thread-safe.
 */
final class Slips implements AutoCloseable {
  /** Bytes of an upload at most. */
  static final long MOST_BYTES = 1024;

  private static final int SLOTS = 64;

  private final Stream stream;
  private final Context context;
  private final Resources open = new Resources();
  private final PinnedMemory pinned;
  private final Event[] done = new Event[SLOTS];
  private int next;

  Slips(Stream stream) {
    this.stream = stream;
    context = stream.context();
    try {
      pinned = open.add(new PinnedMemory(context, SLOTS * MOST_BYTES));
      for (int i = 0; i < SLOTS; i++) {
        done[i] = open.add(Event.withoutTime(context));
      }
      open.add(stream::drain);
    } catch (RuntimeException | Error e) {
      open.closeAfter(e);
      throw e;
    }
  }

  /** Copies all of {@code host} to {@code device}; waits only if all slots are on their way. */
  synchronized void upload(MemorySegment host, long device) {
    if (host.byteSize() == 0) {
      return;
    }
    context.enter();
    done[next].synchronize();
    long at = next * MOST_BYTES;
    long bytes = host.byteSize();
    MemorySegment.copy(host, 0, pinned.segment(), at, bytes);
    int status =
        context
            .driver()
            .copyToDevice(device, pinned.segment().address() + at, bytes, stream.address());
    context.calls().check(status, "copying %s to the GPU".formatted(Bytes.text(bytes)));
    done[next].record(stream);
    next = (next + 1) % SLOTS;
  }

  @Override
  public void close() {
    open.close();
  }
}
