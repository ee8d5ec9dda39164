package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Elementary functions on vectors, good to one or two units in the last place.
 *
 * <p>A loop can hold one of them and little else: after some sixty vector operations the compiler
 * inlines methods of ours no more, and boxes what they take and return.
 *
 * <p>Polynomials: exp from SLEEF (Shibata, Petrogalli, 2020), log from Cephes (Moshier).
 */
final class VectorMath {
  /** Adding it rounds a small float to a whole number, which then stands in the low bits. */
  private static final float ROUND = 0x1.8p23f;

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
  private static final int SMALLEST_NORMAL_BITS = Float.floatToRawIntBits(Float.MIN_NORMAL);
  private static final int INFINITY_BITS = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
  private static final float LOG2_E = 1.442695f;
  private static final float LN2_HIGH = 0.69314575f;
  private static final float LN2_LOW = 1.4286068e-06f;

  private VectorMath() {}

  /** {@code e^x} over the whole range, with gradual underflow. */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = clamp(x, -104f, 89f);
    FloatVector shifted = clamped.mul(LOG2_E).add(ROUND);
    IntVector k = shifted.reinterpretAsInts().sub(ROUND_BITS);
    IntVector half = k.lanewise(VectorOperators.ASHR, 1);
    // 2^k may not be a normal float where e^x is, so it is multiplied in two halves.
    return expOfRemainder(clamped, shifted.sub(ROUND)).mul(power(half)).mul(power(k.sub(half)));
  }

  /** {@code e^x} for {@code x <= 0}; results below the normal range are 0. */
  static FloatVector expOfNegative(FloatVector x) {
    return expOfSmall(x).blend(0f, x.compare(VectorOperators.LT, -87f));
  }

  /** {@code e^x} for {@code x} in [-87, 87]. */
  static FloatVector expOfSmall(FloatVector x) {
    FloatVector shifted = x.mul(LOG2_E).add(ROUND);
    IntVector k = shifted.reinterpretAsInts().sub(ROUND_BITS);
    return expOfRemainder(x, shifted.sub(ROUND)).mul(power(k));
  }

  private static FloatVector expOfRemainder(FloatVector x, FloatVector k) {
    FloatVector r = k.fma(broadcast(F, -LN2_HIGH), x);
    r = k.fma(broadcast(F, -LN2_LOW), r);
    FloatVector p = broadcast(F, 0.00019852762f);
    p = p.fma(r, broadcast(F, 0.0013930436f));
    p = p.fma(r, broadcast(F, 0.008333361f));
    p = p.fma(r, broadcast(F, 0.041666485f));
    p = p.fma(r, broadcast(F, 0.16666667f));
    p = p.fma(r, broadcast(F, 0.5f));
    return p.fma(r.mul(r), r).add(1f);
  }

  private static FloatVector power(IntVector k) {
    return k.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** NaN stays NaN. */
  static FloatVector clamp(FloatVector x, float low, float high) {
    FloatVector atLeast = x.blend(low, x.compare(VectorOperators.LT, low));
    return atLeast.blend(high, atLeast.compare(VectorOperators.GT, high));
  }

  /** True if every lane is a positive, normal and finite number. */
  static boolean allOrdinary(FloatVector x) {
    IntVector aboveSmallest = x.reinterpretAsInts().sub(SMALLEST_NORMAL_BITS);
    return aboveSmallest
        .compare(VectorOperators.ULT, INFINITY_BITS - SMALLEST_NORMAL_BITS)
        .allTrue();
  }

  /** Natural logarithm of ordinary numbers. */
  static FloatVector log(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    FloatVector exponent =
        (FloatVector)
            bits.lanewise(VectorOperators.LSHR, 23).sub(126).convert(VectorOperators.I2F, 0);
    FloatVector mantissa = bits.and(0x007FFFFF).or(0x3F000000).reinterpretAsFloats();
    VectorMask<Float> low = mantissa.compare(VectorOperators.LT, 0.70710677f);
    FloatVector m = mantissa.add(mantissa, low).sub(1f);
    FloatVector e = exponent.sub(1f, low);
    // ln(1 + m) + e ln 2, the latter in two parts.
    FloatVector z = m.mul(m);
    FloatVector p = broadcast(F, 0.070376836f);
    p = p.fma(m, broadcast(F, -0.1151461f));
    p = p.fma(m, broadcast(F, 0.116769984f));
    p = p.fma(m, broadcast(F, -0.12420141f));
    p = p.fma(m, broadcast(F, 0.14249323f));
    p = p.fma(m, broadcast(F, -0.16668057f));
    p = p.fma(m, broadcast(F, 0.20000714f));
    p = p.fma(m, broadcast(F, -0.24999994f));
    p = p.fma(m, broadcast(F, 0.3333333f));
    p = p.mul(m).mul(z);
    p = e.fma(broadcast(F, -0.00021219444f), p);
    p = z.fma(broadcast(F, -0.5f), p);
    return e.fma(broadcast(F, 0.6933594f), m.add(p));
  }

  /** {@code 1 / (1 + e^-x)}. */
  static FloatVector sigmoid(FloatVector x) {
    return broadcast(F, 1f).div(expOfSmall(clamp(x.neg(), -87f, 87f)).add(1f));
  }
}
