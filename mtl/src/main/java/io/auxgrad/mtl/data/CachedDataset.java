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

  /** Height and width of its samples. */
  ImageSize imageSize() {
    return size;
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
      kept.set(index, pack(index));
    } catch (RuntimeException e) {
      // The loader's thread meets it again, and reports it with the batch that needs the sample.
    }
  }

  @Override
  public Sample load(int index) {
    return packed(index).unpack();
  }

  /**
   * Sample {@code index} as it is kept. Kept or not, a sample goes through this form, so that
   * neither how much fits nor where it is unpacked changes a pixel.
   */
  PackedSample packed(int index) {
    PackedSample packed = index < kept.length() ? kept.get(index) : null;
    if (packed == null) {
      packed = pack(index);
      if (index < kept.length()) {
        kept.set(index, packed);
      }
    }
    return packed;
  }

  private PackedSample pack(int index) {
    return new PackedSample(Resizer.resize(source.load(index), size));
  }
}
