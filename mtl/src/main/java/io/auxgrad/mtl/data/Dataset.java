package io.auxgrad.mtl.data;

/** A numbered collection of labelled images. Thread-safe: several loader threads read at once. */
public interface Dataset {
  /** What the user calls it, for messages: for example {@code nyuv2/train}. */
  String name();

  /** Number of samples. */
  int size();

  /**
   * Sample {@code index}, from 0. The same index gives the same pixels every time.
   *
   * @throws io.auxgrad.mtl.UserException if the sample cannot be read; the message names the file
   */
  Sample load(int index);

  /**
   * Makes {@link #load} of these samples quick, where the data set can keep them. A sample that
   * cannot be read is left to {@code load}, which says so.
   */
  default void prepare(int... indices) {}

  /** Name of sample {@code index} without loading it. */
  default String id(int index) {
    return Integer.toString(index);
  }
}
