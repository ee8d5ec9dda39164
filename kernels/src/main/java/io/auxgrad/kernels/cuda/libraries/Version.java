package io.auxgrad.kernels.cuda.libraries;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A dotted version; a longer one is newer than its own beginning. */
public record Version(List<Integer> numbers) implements Comparable<Version> {
  private static final int MOST_DIGITS = 9;

  /** Keeps a copy of {@code numbers}. */
  public Version {
    numbers = List.copyOf(numbers);
  }

  /** Of text like {@code 13.0.88}. */
  static Version parse(String text) {
    return new Version(Arrays.stream(text.split("\\.", -1)).map(Version::number).toList());
  }

  // Whoever names a file with a longer number gets an old version instead of an exception.
  private static int number(String digits) {
    return digits.length() > MOST_DIGITS ? 0 : Integer.parseInt(digits);
  }

  /** The first number. */
  public int major() {
    return numbers.getFirst();
  }

  /** Whether this one begins with all numbers of {@code other}. */
  boolean isWithin(Version other) {
    int length = other.numbers.size();
    return numbers.size() >= length && numbers.subList(0, length).equals(other.numbers);
  }

  @Override
  public int compareTo(Version other) {
    int common = Math.min(numbers.size(), other.numbers.size());
    for (int i = 0; i < common; i++) {
      int order = Integer.compare(numbers.get(i), other.numbers.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(numbers.size(), other.numbers.size());
  }

  @Override
  public String toString() {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining("."));
  }
}
