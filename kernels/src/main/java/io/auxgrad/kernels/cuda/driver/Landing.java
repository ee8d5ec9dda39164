package io.auxgrad.kernels.cuda.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Memory of the GPU that large uploads are fetched into, piece by piece, and taken from in the same
 * order. It grows as long as its pieces are still to be taken, so that a batch of any usual size
 * crosses the bus while the GPU computes. Not thread-safe.
 */
final class Landing implements AutoCloseable {
  /** Pieces asked of the pool at a time, and at most. */
  private static final int BLOCK = 8;

  private static final int MOST = 64;

  private final MemoryPool pool;
  private final Stream aside;
  private final long pieceBytes;
  private final List<Place> ring = new ArrayList<>();
  private Resources blocks = new Resources();
  private int most = MOST;
  private int next;

  /**
   * Room for a piece.
   *
   * @param taken when what was fetched into it last has been taken from there
   */
  record Place(long address, Event taken) {}

  /** Of memory of {@code pool} that {@code aside} writes. */
  Landing(MemoryPool pool, Stream aside, long pieceBytes) {
    this.pool = pool;
    this.aside = aside;
    this.pieceBytes = pieceBytes;
  }

  /** Whether there is any. */
  boolean isUsed() {
    return !ring.isEmpty();
  }

  /** Whether there is any, or the GPU has some to give. */
  boolean exists() {
    return isUsed() || grow();
  }

  /** The place for the next piece: a free one, or the one whose turn to be taken comes first. */
  Place next() {
    if (ring.size() < most && !ring.get(next).taken().isReached() && !grow()) {
      most = ring.size();
    }
    Place place = ring.get(next);
    next = (next + 1) % ring.size();
    return place;
  }

  private boolean grow() {
    OptionalLong address = pool.allocate(BLOCK * pieceBytes, aside);
    if (address.isEmpty()) {
      return false;
    }
    Resources block = new Resources();
    try {
      block.add(() -> pool.free(address.getAsLong(), aside));
      List<Place> places = new ArrayList<>();
      for (int i = 0; i < BLOCK; i++) {
        Event taken = block.add(Event.withoutTime(aside.context()));
        places.add(new Place(address.getAsLong() + i * pieceBytes, taken));
      }
      ring.addAll(next, places);
    } catch (RuntimeException | Error e) {
      block.closeAfter(e);
      throw e;
    }
    blocks.add(block);
    return true;
  }

  /** Gives all of it back to the pool, behind what {@code aside} has to do. */
  @Override
  public void close() {
    Resources given = blocks;
    blocks = new Resources();
    ring.clear();
    most = MOST;
    next = 0;
    given.close();
  }
}
