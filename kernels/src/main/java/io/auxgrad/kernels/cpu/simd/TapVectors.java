package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import jdk.incubator.vector.FloatVector;

/**
 * {@link TapLoops} on vectors of outputs. The lanes that a pixel has too much are written over by
 * the next one.
 */
final class TapVectors {
  private TapVectors() {}

  static void sum(long[] places, int taps, long bias, long step, int pixels, int outputs, long y) {
    long at = 0;
    long to = y;
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int o = 0; o < outputs; o += COUNT) {
        FloatVector sum = load(bias, o);
        for (int t = 0; t < taps; t++) {
          sum = sum.add(load(places[t] + at, o));
        }
        store(sum, to, o);
      }
      at += step;
      to += (long) Float.BYTES * outputs;
    }
  }
}
