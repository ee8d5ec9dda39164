package io.auxgrad.kernels.cuda.driver;

import java.lang.foreign.MemorySegment;

/**
 * Copies between the host's ordinary memory and the GPU, by way of pinned memory in pieces: while
 * the GPU fetches one, the host fills the next. An upload returns when the host's memory has been
 * read. One stream, in whose order the copies are done. Thread-safe.
 */
final class Staging implements AutoCloseable {
  private static final int PIECES = 8;
  private static final long PIECE_BYTES = 4 << 20;

  private final Stream stream;
  private final Context context;
  private final Driver driver;
  private final Calls calls;
  private final Runnable afterDownload;
  private final PinnedMemory pinned;
  private final Event[] done = new Event[PIECES];
  private int next;

  /** {@code afterDownload} is called when the stream has done all before a download. */
  Staging(Stream stream, Runnable afterDownload) {
    this.stream = stream;
    this.afterDownload = afterDownload;
    context = stream.context();
    driver = context.driver();
    calls = context.calls();
    pinned = new PinnedMemory(context, PIECES * PIECE_BYTES);
    for (int i = 0; i < PIECES; i++) {
      done[i] = Event.withoutTime(context);
    }
  }

  /** Copies all of {@code host} to {@code device}. */
  synchronized void upload(MemorySegment host, long device) {
    stream.requireNoCapture("given data of the host");
    context.enter();
    for (long at = 0; at < host.byteSize(); at += PIECE_BYTES) {
      long bytes = Math.min(PIECE_BYTES, host.byteSize() - at);
      done[next].synchronize();
      MemorySegment.copy(host, at, pinned.segment(), place(next), bytes);
      int status = driver.copyToDevice(device + at, address(next), bytes, stream.address());
      calls.check(status, "copying %s to the GPU".formatted(Bytes.text(bytes)));
      done[next].record(stream);
      next = (next + 1) % PIECES;
    }
  }

  /** Copies from {@code device} into all of {@code host}. */
  synchronized void download(long device, MemorySegment host) {
    stream.requireNoCapture("read");
    context.enter();
    int pieces = Math.toIntExact(Math.ceilDiv(host.byteSize(), PIECE_BYTES));
    for (int i = 0; i < pieces; i++) {
      if (i >= PIECES) {
        fetch(i - PIECES, host);
      }
      request(i, device, host.byteSize());
    }
    for (int i = Math.max(0, pieces - PIECES); i < pieces; i++) {
      fetch(i, host);
    }
    afterDownload.run();
  }

  private void request(int i, long device, long total) {
    long at = i * PIECE_BYTES;
    long bytes = Math.min(PIECE_BYTES, total - at);
    int status = driver.copyToHost(address(i % PIECES), device + at, bytes, stream.address());
    calls.check(status, "copying %s from the GPU".formatted(Bytes.text(bytes)));
    done[i % PIECES].record(stream);
  }

  private void fetch(int i, MemorySegment host) {
    long at = i * PIECE_BYTES;
    done[i % PIECES].synchronize();
    MemorySegment.copy(
        pinned.segment(), place(i % PIECES), host, at, Math.min(PIECE_BYTES, host.byteSize() - at));
  }

  private static long place(int piece) {
    return piece * PIECE_BYTES;
  }

  private long address(int piece) {
    return pinned.segment().address() + place(piece);
  }

  @Override
  public void close() {
    for (Event event : done) {
      event.close();
    }
    pinned.close();
  }
}
