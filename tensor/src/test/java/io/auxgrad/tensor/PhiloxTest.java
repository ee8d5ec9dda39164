package io.auxgrad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The known answers that the authors publish with their library. */
  @Test
  void knownAnswers() {
    int[] out = new int[4];
    Philox.generate(0, 0, 0, out);
    assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, out);
    Philox.generate(-1, -1, -1, out);
    assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, out);
    Philox.generate(0x85a308d3_243f6a88L, 0x299f31d0_a4093822L, 0x03707344_13198a2eL, out);
    assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, out);
  }

  @Test
  void continuesFromAnyPosition() {
    Philox whole = new Philox(7, 3);
    int[] drawn = new int[19];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = whole.nextInt();
    }
    for (int start = 0; start < drawn.length; start++) {
      Philox resumed = new Philox(7, 3);
      resumed.seek(start);
      assertEquals(start, resumed.position());
      assertEquals(drawn[start], resumed.nextInt());
    }
  }

  @Test
  void momentsOfTheDistributions() {
    Philox random = new Philox(1, 2);
    int n = 200_000;
    double sum = 0;
    double squares = 0;
    double uniform = 0;
    for (int i = 0; i < n; i++) {
      float g = random.nextGaussian();
      sum += g;
      squares += g * g;
      float u = random.uniform(-2, 4);
      assertTrue(u >= -2 && u < 4);
      uniform += u;
    }
    assertEquals(0, sum / n, 0.01);
    assertEquals(1, squares / n, 0.015);
    assertEquals(1, uniform / n, 0.02);
  }

  @Test
  void boundedIntegersAreEvenlySpread() {
    Philox random = new Philox(5, 0);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[random.nextInt(7)]++;
    }
    for (int count : counts) {
      assertEquals(10_000, count, 400);
    }
  }

  @Test
  void shuffleKeepsTheElements() {
    int[] values = new int[100];
    java.util.Arrays.setAll(values, i -> i);
    int[] before = values.clone();
    new Philox(9, 9).shuffle(values);
    assertTrue(!java.util.Arrays.equals(before, values));
    java.util.Arrays.sort(values);
    assertArrayEquals(before, values);
  }
}
