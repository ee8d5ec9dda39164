package io.auxgrad.mtl.data;

import java.util.List;

/**
 * The three parts of a data set: trained on, selected on, and reported on.
 *
 * @param name what the user calls the data set
 * @param classes names of the classes 0..K-1
 * @param train samples to learn from
 * @param validation samples for selecting the best epoch
 * @param test samples for the reported metrics only
 */
public record Splits(
    String name, List<String> classes, Dataset train, Dataset validation, Dataset test) {
  /** Copies the list of names. */
  public Splits {
    classes = List.copyOf(classes);
  }

  /**
   * The same splits brought to {@code size}. Each sample is decoded or rendered once and then kept
   * in memory (12 bytes per pixel, 180 MB for 795 images of 120x160) until half of the Java heap is
   * full; samples beyond are loaded anew each time.
   */
  public Splits cached(ImageSize size) {
    long budget = Runtime.getRuntime().maxMemory() / 2;
    CachedDataset first = new CachedDataset(train, size, budget);
    CachedDataset second = new CachedDataset(validation, size, budget - first.fullBytes());
    long rest = budget - first.fullBytes() - second.fullBytes();
    return new Splits(name, classes, first, second, new CachedDataset(test, size, rest));
  }
}
