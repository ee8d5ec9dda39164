package io.auxgrad.bench.profile;

import java.util.concurrent.atomic.AtomicReference;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The most multiply-adds: independent chains in registers, enough of them to hide the latency. */
final class FmaPeak {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int CHAINS = 12;
  private static final int STEPS = 2_000_000;
  private static final int ROUNDS = 12;

  // Keeps the arithmetic from being optimised away.
  private static final AtomicReference<FloatVector> SINK = new AtomicReference<>();

  private FmaPeak() {}

  /** Operations per nanosecond of the best round; the first ones warm up. */
  static double measure(int threads) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long nanos = Parallel.time(threads, _ -> SINK.set(chains(STEPS)));
      double flops = 2.0 * SPECIES.length() * CHAINS * STEPS * threads;
      best = Math.max(best, flops / nanos);
    }
    return best;
  }

  private static FloatVector chains(int steps) {
    FloatVector m = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector a = FloatVector.broadcast(SPECIES, 0.001f);
    FloatVector c0 = a;
    FloatVector c1 = a;
    FloatVector c2 = a;
    FloatVector c3 = a;
    FloatVector c4 = a;
    FloatVector c5 = a;
    FloatVector c6 = a;
    FloatVector c7 = a;
    FloatVector c8 = a;
    FloatVector c9 = a;
    FloatVector c10 = a;
    FloatVector c11 = a;
    for (int i = 0; i < steps; i++) {
      c0 = c0.fma(m, a);
      c1 = c1.fma(m, a);
      c2 = c2.fma(m, a);
      c3 = c3.fma(m, a);
      c4 = c4.fma(m, a);
      c5 = c5.fma(m, a);
      c6 = c6.fma(m, a);
      c7 = c7.fma(m, a);
      c8 = c8.fma(m, a);
      c9 = c9.fma(m, a);
      c10 = c10.fma(m, a);
      c11 = c11.fma(m, a);
    }
    FloatVector left = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
    return left.add(c6).add(c7).add(c8).add(c9).add(c10).add(c11);
  }
}
