package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link MaxPoolLoops} on whole vectors; each returns the first element that is left to do. Places
 * are ints carried as the bits of floats, so that one mask selects value and place.
 */
final class MaxPoolVectors {
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  // There are no vectors of 4 bytes.
  private static final VectorSpecies<Byte> B =
      COUNT < 8 ? null : VectorSpecies.of(byte.class, VectorShape.forBitSize(8 * COUNT));

  private MaxPoolVectors() {}

  static int maximum(long[] arrays, int taps, int n, long y) {
    int end = n - n % COUNT;
    if (taps == 5) {
      maximumOfFive(arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], end, y);
      return end;
    }
    for (int i = 0; i < end; i += COUNT) {
      FloatVector best = load(arrays[0], i);
      for (int t = 1; t < taps; t++) {
        best = larger(best, load(arrays[t], i));
      }
      store(best, y, i);
    }
    return end;
  }

  // The usual window, its addresses in registers: a sixth faster than the loop over taps.
  private static void maximumOfFive(long a, long b, long c, long d, long e, int end, long y) {
    for (int i = 0; i < end; i += COUNT) {
      FloatVector best = larger(load(a, i), load(b, i));
      best = larger(best, load(c, i));
      best = larger(best, load(d, i));
      store(larger(best, load(e, i)), y, i);
    }
  }

  static int pair(long[] arrays, int taps, int n, long y0, long y1) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector both = load(arrays[1], i);
      for (int t = 2; t < taps; t++) {
        both = larger(both, load(arrays[t], i));
      }
      store(larger(load(arrays[0], i), both), y0, i);
      store(larger(both, load(arrays[taps], i)), y1, i);
    }
    return end;
  }

  static int withPlaces(long[] arrays, int taps, int first, int n, long y, long places) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector best = load(arrays[0], i);
      FloatVector place = bits(first);
      for (int t = 1; t < taps; t++) {
        FloatVector v = load(arrays[t], i);
        VectorMask<Float> wins = wins(v, best);
        best = best.blend(v, wins);
        place = place.blend(bits(first + t), wins);
      }
      store(best, y, i);
      store(place, places, i);
    }
    return end;
  }

  static int pairWithPlaces(
      long[] arrays, int taps, int n, long y0, long places0, long y1, long places1) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector both = load(arrays[1], i);
      FloatVector place = bits(1);
      for (int t = 2; t < taps; t++) {
        FloatVector v = load(arrays[t], i);
        VectorMask<Float> wins = wins(v, both);
        both = both.blend(v, wins);
        place = place.blend(bits(t), wins);
      }
      FloatVector first = load(arrays[0], i);
      VectorMask<Float> later = wins(both, first);
      store(first.blend(both, later), y0, i);
      store(bits(0).blend(place, later), places0, i);
      FloatVector last = load(arrays[taps], i);
      VectorMask<Float> latest = wins(last, both);
      store(both.blend(last, latest), y1, i);
      store(less(place.blend(bits(taps), latest), 1), places1, i);
    }
    return end;
  }

  static int pairWithPositions(
      long[] arrays,
      long[] places,
      int taps,
      int kernel,
      int n,
      long y0,
      long positions0,
      long y1,
      long positions1) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector both = load(arrays[1], i);
      FloatVector position = position(places[1], i, kernel);
      for (int t = 2; t < taps; t++) {
        FloatVector v = load(arrays[t], i);
        VectorMask<Float> wins = wins(v, both);
        both = both.blend(v, wins);
        position = position.blend(position(places[t], i, t * kernel), wins);
      }
      FloatVector first = load(arrays[0], i);
      VectorMask<Float> later = wins(both, first);
      store(first.blend(both, later), y0, i);
      FloatVector position0 = load(places[0], i).blend(position, later);
      storeBytes(position0.reinterpretAsInts(), positions0 + i);
      FloatVector last = load(arrays[taps], i);
      VectorMask<Float> latest = wins(last, both);
      store(both.blend(last, latest), y1, i);
      FloatVector position1 = position.blend(position(places[taps], i, taps * kernel), latest);
      storeBytes(position1.reinterpretAsInts().sub(kernel), positions1 + i);
    }
    return end;
  }

  static int withPositions(
      long[] arrays,
      long[] places,
      int taps,
      int first,
      int kernel,
      int n,
      long y,
      long positions) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector best = load(arrays[0], i);
      FloatVector position = position(places[0], i, first * kernel);
      for (int t = 1; t < taps; t++) {
        FloatVector v = load(arrays[t], i);
        VectorMask<Float> wins = wins(v, best);
        best = best.blend(v, wins);
        position = position.blend(position(places[t], i, (first + t) * kernel), wins);
      }
      store(best, y, i);
      storeBytes(position.reinterpretAsInts(), positions + i);
    }
    return end;
  }

  private static FloatVector larger(FloatVector best, FloatVector v) {
    return best.blend(v, wins(v, best));
  }

  private static VectorMask<Float> wins(FloatVector v, FloatVector best) {
    return v.compare(VectorOperators.GT, best).or(v.compare(VectorOperators.NE, v));
  }

  private static FloatVector bits(int value) {
    return IntVector.broadcast(I, value).reinterpretAsFloats();
  }

  private static FloatVector less(FloatVector places, int by) {
    return places.reinterpretAsInts().sub(by).reinterpretAsFloats();
  }

  private static FloatVector position(long places, int i, int base) {
    return load(places, i).reinterpretAsInts().add(base).reinterpretAsFloats();
  }

  private static void storeBytes(IntVector v, long address) {
    if (B != null) {
      ((ByteVector) v.convertShape(VectorOperators.I2B, B, 0))
          .intoMemorySegment(Native.ALL, address, ByteOrder.nativeOrder());
      return;
    }
    for (int lane = 0; lane < COUNT; lane++) {
      Native.putByte(address, lane, (byte) v.lane(lane));
    }
  }
}
