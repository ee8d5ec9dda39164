package io.auxgrad.mtl.data;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A data set brought to one size and kept in memory, in {@link PackedSample} form, as far as a
 * budget goes; samples beyond it are loaded anew each time.
 */
final class CachedDataset implements Dataset {
  private final Dataset source;
  private final ImageSize size;
  private final AtomicReferenceArray<PackedSample> kept;

  CachedDataset(Dataset source, ImageSize size, long budgetBytes) {
    this.source = source;
    this.size = size;
    this.kept =
        new AtomicReferenceArray<>(
            (int) Math.min(source.size(), budgetBytes / PackedSample.bytes(size)));
  }

  /** Bytes that the cache takes when it is full. */
  long fullBytes() {
    return kept.length() * PackedSample.bytes(size);
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public String id(int index) {
    return source.id(index);
  }

  /** Takes samples into memory, with all processors. */
  @Override
  public void prepare(int... indices) {
    Arrays.stream(indices)
        .filter(i -> i < kept.length() && kept.get(i) == null)
        .parallel()
        .forEach(this::prepare);
  }

  @SuppressWarnings("EmptyCatch")
  private void prepare(int index) {
    try {
      kept.set(index, packed(index));
    } catch (RuntimeException e) {
      // The loader's thread meets it again, and reports it with the batch that needs the sample.
    }
  }

  // Kept or not, a sample goes through the packed form, so that how much fits changes no pixel.
  @Override
  public Sample load(int index) {
    PackedSample packed = index < kept.length() ? kept.get(index) : null;
    if (packed == null) {
      packed = packed(index);
      if (index < kept.length()) {
        kept.set(index, packed);
      }
    }
    return packed.unpack();
  }

  private PackedSample packed(int index) {
    return new PackedSample(Resizer.resize(source.load(index), size));
  }
}
