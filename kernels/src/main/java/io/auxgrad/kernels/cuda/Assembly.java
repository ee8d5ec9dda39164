package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.KernelFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows that are put together of parts of other rows, by {@code assemble} of {@code indexing.cu}.
 */
final class Assembly {
  private static final int TURNS = 4;

  /** {@code struct Parts}. */
  private static final int MOST = 64;

  private static final long STARTS = 8;
  private static final long STRIDES = STARTS + 8 * MOST;
  private static final long ADDRESSES = STRIDES + 8 * MOST;
  private static final long BYTES = ADDRESSES + 8 * MOST;

  private final KernelsByWidth kernels;
  private final MemorySegment structure = Arena.ofAuto().allocate(BYTES, 8);
  private final List<Part> parts = new ArrayList<>();

  Assembly(KernelFile file) {
    kernels = new KernelsByWidth(file, "assemble");
  }

  /** {@code bytes} bytes of rows that lie {@code stride} bytes apart; zeros if the address is 0. */
  private record Part(long address, long stride, long bytes) {}

  /** Begins anew. */
  Assembly begin() {
    parts.clear();
    return this;
  }

  /** Goes on with {@code bytes} bytes from each of the rows at {@code address}. */
  Assembly rows(long address, long stride, long bytes) {
    parts.add(new Part(address, stride, bytes));
    return this;
  }

  /** Goes on with zeros. */
  Assembly zeros(long bytes) {
    return rows(0, 0, bytes);
  }

  /** Writes {@code rows} rows, {@code stride} bytes apart, at {@code to}. */
  void run(long to, long stride, long rows) {
    long bits = stride;
    for (Part part : parts) {
      bits |= part.address | part.stride | part.bytes;
    }
    int unit = KernelsByWidth.unit(bits);
    long at = to;
    for (int first = 0; first < parts.size(); first += MOST) {
      List<Part> some = parts.subList(first, Math.min(parts.size(), first + MOST));
      long bytes = write(some, unit);
      long width = bytes / unit;
      kernels
          .begin(unit)
          .put(structure)
          .put(at)
          .put(stride / unit)
          .put(width)
          .put(rows)
          .launch(rows * width, TURNS);
      at += bytes;
    }
  }

  /** Fills the structure and returns the bytes of a row. */
  private long write(List<Part> some, int unit) {
    structure.set(ValueLayout.JAVA_INT, 0, some.size());
    long start = 0;
    for (int i = 0; i < some.size(); i++) {
      Part part = some.get(i);
      structure.set(ValueLayout.JAVA_LONG, STARTS + 8L * i, start / unit);
      structure.set(ValueLayout.JAVA_LONG, STRIDES + 8L * i, part.stride / unit);
      structure.set(ValueLayout.JAVA_LONG, ADDRESSES + 8L * i, part.address);
      start += part.bytes;
    }
    return start;
  }
}
