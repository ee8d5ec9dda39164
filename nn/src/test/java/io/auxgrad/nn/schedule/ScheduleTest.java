package io.auxgrad.nn.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final double EXACT = 1e-12;

  @Test
  void stepFallsEverySoOften() {
    Schedule s = Schedule.step(10, 0.1);
    assertEquals(1, s.factor(9), EXACT);
    assertEquals(0.1, s.factor(10), EXACT);
    assertEquals(0.001, s.factor(39), EXACT);
  }

  @Test
  void multiStepFallsAtItsMilestones() {
    Schedule s = Schedule.multiStep(0.5, 3, 5);
    double[] want = {1, 1, 1, 0.5, 0.5, 0.25, 0.25};
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], s.factor(i), EXACT, "step " + i);
    }
  }

  @Test
  void polyReachesZeroAndStays() {
    Schedule s = Schedule.poly(100, 0.9);
    assertEquals(1, s.factor(0), EXACT);
    assertEquals(Math.pow(0.75, 0.9), s.factor(25), EXACT);
    assertEquals(0, s.factor(100), EXACT);
    assertEquals(0, s.factor(1000), EXACT);
  }

  @Test
  void cosineEndsAtItsFloor() {
    Schedule s = Schedule.cosine(60, 0.1);
    assertEquals(1, s.factor(0), EXACT);
    assertEquals(0.1 + 0.9 * 0.75, s.factor(20), EXACT);
    assertEquals(0.55, s.factor(30), EXACT);
    assertEquals(0.1, s.factor(60), EXACT);
    assertEquals(0.1, s.factor(61), EXACT);
  }

  @Test
  void warmUpRisesInALine() {
    Schedule s = Schedule.warmUp(4, 0.2);
    double[] want = {0.2, 0.4, 0.6, 0.8, 1, 1};
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], s.factor(i), EXACT, "step " + i);
    }
  }

  @Test
  void schedulesCompose() {
    Schedule inTurn = Schedule.warmUp(5, 0).then(5, Schedule.poly(10, 1));
    assertEquals(0.8, inTurn.factor(4), EXACT);
    assertEquals(1, inTurn.factor(5), EXACT);
    assertEquals(0.7, inTurn.factor(8), EXACT);
    Schedule both = Schedule.warmUp(5, 0).times(Schedule.step(2, 0.5));
    assertEquals(0.8 * 0.25, both.factor(4), EXACT);
    assertEquals(1, Schedule.constant().factor(7), EXACT);
  }

  @Test
  void lengthsMustBePositive() {
    assertThrows(IllegalArgumentException.class, () -> Schedule.step(0, 0.1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.poly(0, 0.9));
    assertThrows(IllegalArgumentException.class, () -> Schedule.cosine(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> Schedule.warmUp(0, 0));
  }
}
