package io.auxgrad.kernels.cuda.libraries;

import java.util.Arrays;
import java.util.List;

/**
 * A dotted version; a longer one is newer than its own beginning.
 *
 * @param text as it was found: the driver's have leading zeros, as in {@code 580.65.06}
 */
public record Version(String text) implements Comparable<Version> {
  private static final int MOST_DIGITS = 9;

  /** Of three numbers. */
  static Version of(int major, int minor, int patch) {
    return new Version(major + "." + minor + "." + patch);
  }

  /** The numbers between the dots. */
  List<Integer> numbers() {
    return Arrays.stream(text.split("\\.", -1)).map(Version::number).toList();
  }

  // Whoever names a file with a longer number gets an old version instead of an exception.
  private static int number(String digits) {
    return digits.length() > MOST_DIGITS ? 0 : Integer.parseInt(digits);
  }

  /** The first number. */
  public int major() {
    return numbers().getFirst();
  }

  /** Whether this one begins with all numbers of {@code other}. */
  boolean isWithin(Version other) {
    List<Integer> numbers = numbers();
    List<Integer> first = other.numbers();
    return numbers.size() >= first.size() && numbers.subList(0, first.size()).equals(first);
  }

  @Override
  public int compareTo(Version other) {
    return Arrays.compare(
        numbers().toArray(Integer[]::new), other.numbers().toArray(Integer[]::new));
  }

  @Override
  public String toString() {
    return text;
  }
}
