package io.auxgrad.bench.profile;

import io.auxgrad.tensor.DType;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sums over calls by what they have in common. */
public final class Totals {
  private final Map<String, Total> totals = new LinkedHashMap<>();

  /**
   * Sums of some calls.
   *
   * @param op what they have in common
   * @param calls how many
   * @param seconds how long
   * @param flops floating-point operations of convolutions and matrix products
   * @param bytes of all operands
   * @param boundSeconds what the machine would need at best
   * @param arithmeticSeconds what it would need at best if it did not have to move the operands
   */
  public record Total(
      String op,
      long calls,
      double seconds,
      long flops,
      long bytes,
      double boundSeconds,
      double arithmeticSeconds) {
    /** The share of the time that the machine would need at best. */
    public double ofRoofline() {
      return boundSeconds / seconds;
    }

    /** The share of the most arithmetic that it reaches. */
    public double ofArithmetic() {
      return arithmeticSeconds / seconds;
    }

    private static Total sum(Total a, Total b) {
      return new Total(
          a.op,
          a.calls + b.calls,
          a.seconds + b.seconds,
          a.flops + b.flops,
          a.bytes + b.bytes,
          a.boundSeconds + b.boundSeconds,
          a.arithmeticSeconds + b.arithmeticSeconds);
    }
  }

  /** A call of {@code op}, on factors of {@code type}. */
  void add(String op, DType type, double seconds, long flops, long bytes, Roofline roofline) {
    Total call =
        new Total(
            op,
            1,
            seconds,
            flops,
            bytes,
            roofline.seconds(type, flops, bytes),
            roofline.seconds(type, flops, 0));
    totals.merge(op, call, Total::sum);
  }

  /** The slowest first. */
  List<Total> sorted() {
    return totals.values().stream()
        .sorted(Comparator.comparingDouble(Total::seconds).reversed())
        .toList();
  }
}
