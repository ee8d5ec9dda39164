package io.auxgrad.kernels.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Elementary functions on vectors, good to one or two units in the last place.
 *
 * <p>Polynomials: exp from SLEEF (Shibata, Petrogalli, 2020), log and tanh from Cephes (Moshier).
 */
final class VectorMath {
  /** Adding it rounds a small float to a whole number, which then stands in the low bits. */
  private static final float ROUND = 0x1.8p23f;

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
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
    FloatVector shifted = x.mul(LOG2_E).add(ROUND);
    IntVector k = shifted.reinterpretAsInts().sub(ROUND_BITS);
    FloatVector e = expOfRemainder(x, shifted.sub(ROUND)).mul(power(k));
    return e.blend(0f, x.compare(VectorOperators.LT, -87f));
  }

  private static FloatVector expOfRemainder(FloatVector x, FloatVector k) {
    FloatVector r = k.fma(Lanes.broadcast(-LN2_HIGH), x);
    r = k.fma(Lanes.broadcast(-LN2_LOW), r);
    FloatVector p = Lanes.broadcast(0.00019852762f);
    p = p.fma(r, Lanes.broadcast(0.0013930436f));
    p = p.fma(r, Lanes.broadcast(0.008333361f));
    p = p.fma(r, Lanes.broadcast(0.041666485f));
    p = p.fma(r, Lanes.broadcast(0.16666667f));
    p = p.fma(r, Lanes.broadcast(0.5f));
    return p.fma(r.mul(r), r).add(1f);
  }

  private static FloatVector power(IntVector k) {
    return k.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** NaN stays NaN. */
  private static FloatVector clamp(FloatVector x, float low, float high) {
    FloatVector atLeast = x.blend(low, x.compare(VectorOperators.LT, low));
    return atLeast.blend(high, atLeast.compare(VectorOperators.GT, high));
  }

  /** Natural logarithm: minus infinity at 0, NaN below. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> subnormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    FloatVector normal = x.blend(x.mul(0x1p23f), subnormal);
    IntVector bits = normal.reinterpretAsInts();
    FloatVector e =
        (FloatVector)
            bits.lanewise(VectorOperators.LSHR, 23).sub(126).convert(VectorOperators.I2F, 0);
    e = e.blend(e.sub(23f), subnormal);
    FloatVector m = bits.and(0x007FFFFF).or(0x3F000000).reinterpretAsFloats();
    VectorMask<Float> low = m.compare(VectorOperators.LT, 0.70710677f);
    e = e.blend(e.sub(1f), low);
    FloatVector y = logOfMantissa(m.blend(m.add(m), low).sub(1f), e);
    y = y.blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    // Not (x >= 0), so that NaN is caught too.
    return y.blend(Float.NaN, x.compare(VectorOperators.GE, 0f).not());
  }

  /** {@code ln(1 + m) + e ln 2}. */
  private static FloatVector logOfMantissa(FloatVector m, FloatVector e) {
    FloatVector z = m.mul(m);
    FloatVector p = Lanes.broadcast(0.070376836f);
    p = p.fma(m, Lanes.broadcast(-0.1151461f));
    p = p.fma(m, Lanes.broadcast(0.116769984f));
    p = p.fma(m, Lanes.broadcast(-0.12420141f));
    p = p.fma(m, Lanes.broadcast(0.14249323f));
    p = p.fma(m, Lanes.broadcast(-0.16668057f));
    p = p.fma(m, Lanes.broadcast(0.20000714f));
    p = p.fma(m, Lanes.broadcast(-0.24999994f));
    p = p.fma(m, Lanes.broadcast(0.3333333f));
    p = p.mul(m).mul(z);
    p = e.fma(Lanes.broadcast(-0.00021219444f), p);
    p = z.fma(Lanes.broadcast(-0.5f), p);
    return e.fma(Lanes.broadcast(0.6933594f), m.add(p));
  }

  /** {@code 1 / (1 + e^-x)}. */
  static FloatVector sigmoid(FloatVector x) {
    return Lanes.broadcast(1f).div(exp(x.neg()).add(1f));
  }

  /** {@code ln(1 + e^x)}. */
  static FloatVector softplus(FloatVector x) {
    FloatVector t = exp(x.abs().neg());
    FloatVector u = t.add(1f);
    // What 1 + t has lost of t is added to first order.
    FloatVector log1p = log(u).add(t.sub(u.sub(1f)).div(u));
    return x.max(0f).add(log1p);
  }

  /** Hyperbolic tangent. */
  static FloatVector tanh(FloatVector x) {
    FloatVector size = x.abs();
    FloatVector z = x.mul(x);
    FloatVector p = Lanes.broadcast(-0.0057049887f);
    p = p.fma(z, Lanes.broadcast(0.020639088f));
    p = p.fma(z, Lanes.broadcast(-0.053739715f));
    p = p.fma(z, Lanes.broadcast(0.13331442f));
    p = p.fma(z, Lanes.broadcast(-0.3333328f));
    FloatVector small = p.mul(z).fma(x, x);
    FloatVector large =
        Lanes.broadcast(1f).sub(Lanes.broadcast(2f).div(exp(size.add(size)).add(1f)));
    large = large.blend(large.neg(), x.compare(VectorOperators.LT, 0f));
    return small.blend(large, size.compare(VectorOperators.GE, 0.625f));
  }
}
