package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * Copies between the host's ordinary memory and the GPU, by way of pinned memory in pieces: while
 * the GPU fetches one, the host fills the next. An upload returns when the host's memory has been
 * read. The copies are done in the order of one stream.
 *
 * <p>Large uploads do not wait for what that stream still has to do: a second stream fetches each
 * piece into {@linkplain Landing memory of the GPU set aside for it}, and the first one, when it
 * comes to it, copies from there. Thread-safe.
 */
final class Staging implements AutoCloseable {
  private static final int PIECES = 8;
  private static final long PIECE_BYTES = 4 << 20;

  /** Smaller ones are not worth the calls. */
  private static final long LARGE = 256 << 10;

  private final Stream stream;
  private final Stream aside;
  private final Context context;
  private final Driver driver;
  private final Calls calls;
  private final Runnable afterDownload;
  private final Resources open = new Resources();
  private final PinnedMemory pinned;
  private final Event[] done = new Event[PIECES];
  private final Landing landing;
  private int next;

  /**
   * For copies in the order of {@code stream}.
   *
   * @param aside fetches large uploads
   * @param pool of the memory that they are fetched into
   * @param afterDownload is called when the stream has done all before a download
   */
  Staging(Stream stream, Stream aside, MemoryPool pool, Runnable afterDownload) {
    this.stream = stream;
    this.aside = aside;
    landing = new Landing(pool, aside, PIECE_BYTES);
    this.afterDownload = afterDownload;
    context = stream.context();
    driver = context.driver();
    calls = context.calls();
    try {
      pinned = open.add(new PinnedMemory(context, PIECES * PIECE_BYTES));
      for (int i = 0; i < PIECES; i++) {
        done[i] = open.add(Event.withoutTime(context));
      }
      open.add(landing);
      open.add(stream::drain);
      open.add(aside::drain);
    } catch (RuntimeException e) {
      open.closeAfter(e);
      throw e;
    }
  }

  /** Copies all of {@code host} to {@code device}. */
  synchronized void upload(MemorySegment host, long device) {
    stream.requireNoCapture("given data of the host");
    context.enter();
    // Where the GPU is full, uploads go without.
    boolean apart = host.byteSize() >= LARGE && landing.exists();
    for (long at = 0; at < host.byteSize(); at += PIECE_BYTES) {
      long bytes = Math.min(PIECE_BYTES, host.byteSize() - at);
      done[next].synchronize();
      MemorySegment.copy(host, at, pinned.segment(), place(next), bytes);
      if (apart) {
        sendApart(device + at, bytes);
      } else {
        send(device + at, bytes, stream);
      }
      next = (next + 1) % PIECES;
    }
  }

  /** Gives the memory of large uploads back to the pool; the next one takes some again. */
  synchronized void trim() {
    if (landing.isUsed()) {
      // What was put there is taken from there by the first stream.
      stream.synchronize();
      landing.close();
      aside.synchronize();
    }
  }

  private void sendApart(long device, long bytes) {
    Landing.Place place = landing.next();
    aside.await(place.taken());
    send(place.address(), bytes, aside);
    stream.await(done[next]);
    int status = driver.copyOnDevice(device, place.address(), bytes, stream.address());
    calls.check(status, "copying %s on the GPU".formatted(Bytes.text(bytes)));
    place.taken().record(stream);
  }

  private void send(long device, long bytes, Stream by) {
    int status = driver.copyToDevice(device, address(next), bytes, by.address());
    calls.check(status, "copying %s to the GPU".formatted(Bytes.text(bytes)));
    done[next].record(by);
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
    open.close();
  }
}
