package io.auxgrad.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SpreadTest {
  @Test
  void oneSampleIsItsOwnInterval() {
    assertEquals(new Spread(3, 3, 3), Spread.of(List.of(3.0)));
  }

  @Test
  void fewSamplesSpanTheInterval() {
    assertEquals(new Spread(3, 1, 100), Spread.of(List.of(100.0, 1.0, 3.0, 2.0, 4.0)));
  }

  /** Ranks from tables of the binomial interval of the median: 2 of 10, 6 of 20, 10 of 30. */
  @Test
  void ranksAreThoseOfTheBinomialDistribution() {
    assertEquals(new Spread(5.5, 2, 9), Spread.of(upTo(10)));
    assertEquals(new Spread(10.5, 6, 15), Spread.of(upTo(20)));
    assertEquals(new Spread(15.5, 10, 21), Spread.of(upTo(30)));
  }

  @Test
  void anOutlierMovesNothing() {
    List<Double> samples =
        IntStream.rangeClosed(1, 20).mapToObj(i -> i == 20 ? 1e9 : (double) i).toList();
    assertEquals(new Spread(10.5, 6, 15), Spread.of(samples));
  }

  @Test
  void intervalsThatTouchAreNotApart() {
    assertFalse(new Spread(2, 1, 3).isApartFrom(new Spread(4, 3, 5)));
    assertTrue(new Spread(2, 1, 3).isApartFrom(new Spread(4, 3.1, 5)));
    assertTrue(new Spread(4, 3.1, 5).isApartFrom(new Spread(2, 1, 3)));
  }

  private static List<Double> upTo(int n) {
    return IntStream.rangeClosed(1, n).mapToObj(i -> (double) i).toList();
  }
}
