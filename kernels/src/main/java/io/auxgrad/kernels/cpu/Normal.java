package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.ops.ImageOps;

/** A surface normal; (0,0,0) for none. */
record Normal(float x, float y, float z) {
  static final Normal NONE = new Normal(0, 0, 0);

  /** Vector {@code pixel} of the float32 at {@code address}. */
  static Normal at(long address, long pixel) {
    return new Normal(
        Native.getFloat(address, 3 * pixel),
        Native.getFloat(address, 3 * pixel + 1),
        Native.getFloat(address, 3 * pixel + 2));
  }

  /** Pair {@code pixel} of the octahedral coordinates at {@code address}. */
  static Normal unpack(long address, long pixel) {
    // Little-endian, as both halves of an int32.
    int pair = Native.getInt(address, pixel);
    short first = (short) pair;
    short second = (short) (pair >> 16);
    if (first == ImageOps.NO_NORMAL) {
      return NONE;
    }
    float u = (float) first / Short.MAX_VALUE;
    float v = (float) second / Short.MAX_VALUE;
    float z = 1 - Math.abs(u) - Math.abs(v);
    float unfold = Math.max(0, -z);
    float x = u - Math.copySign(unfold, u);
    float y = v - Math.copySign(unfold, v);
    float unit = 1 / (float) Math.sqrt(x * x + y * y + z * z);
    return new Normal(x * unit, y * unit, z * unit);
  }

  /** In a view of that scale and flip, as {@link ImageOps#normals} says. */
  Normal seen(float scale, boolean flip) {
    float turnedX = flip ? -x : x;
    float turnedZ = scale * z;
    float square = turnedX * turnedX + y * y + turnedZ * turnedZ;
    if (square == 0) {
      return NONE;
    }
    float unit = scale == 1 ? 1 : 1 / (float) Math.sqrt(square);
    return new Normal(turnedX * unit, y * unit, turnedZ * unit);
  }
}
