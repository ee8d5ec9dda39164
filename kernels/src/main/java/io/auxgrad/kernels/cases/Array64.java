package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntToDoubleFunction;

/**
 * An array of the float64 reference.
 *
 * @param dtype the dtype that its tensor has on a device
 * @param shape its shape
 * @param data its values in row-major order, not copied
 */
public record Array64(DType dtype, Shape shape, double[] data) {
  static Array64 of(Shape shape) {
    return new Array64(DType.FLOAT32, shape, new double[Math.toIntExact(shape.size())]);
  }

  static Array64 of(Shape shape, IntToDoubleFunction value) {
    Array64 a = of(shape);
    java.util.Arrays.setAll(a.data, value);
    return a;
  }

  static Array64 scalar(double value) {
    return of(Shape.scalar(), i -> value);
  }

  Array64 as(DType type) {
    return new Array64(type, shape, data);
  }

  /** Each value as the nearest bfloat16, the even one of two. */
  Array64 roundedToBfloat16() {
    return new Array64(
        dtype, shape, java.util.Arrays.stream(data).map(Array64::toBfloat16).toArray());
  }

  /** {@code x}, a float, as the nearest bfloat16, the even one of two. */
  static double toBfloat16(double x) {
    int bits = Float.floatToRawIntBits((float) x);
    return Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
  }

  Array64 copy() {
    return new Array64(dtype, shape, data.clone());
  }

  double at(int... index) {
    return data[offset(index)];
  }

  void add(double value, int... index) {
    data[offset(index)] += value;
  }

  private int offset(int... index) {
    int at = 0;
    for (int i = 0; i < index.length; i++) {
      at = at * shape.dim(i) + index[i];
    }
    return at;
  }

  Tensor upload(DeviceMemory memory) {
    Tensor t = Tensor.empty(memory, dtype, shape);
    switch (dtype) {
      case FLOAT32 -> {
        float[] values = new float[data.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) data[i];
        }
        t.set(values);
      }
      case INT32 -> t.set(java.util.Arrays.stream(data).mapToInt(v -> (int) v).toArray());
      case UINT8 -> {
        byte[] values = new byte[data.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = (byte) (int) data[i];
        }
        t.set(values);
      }
      case FLOAT64 -> t.setBytes(MemorySegment.ofArray(data));
      case BFLOAT16 -> {
        short[] values = new short[data.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = (short) (Float.floatToRawIntBits((float) data[i]) >>> 16);
        }
        t.setBytes(MemorySegment.ofArray(values));
      }
    }
    return t;
  }

  static Array64 download(Tensor t) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(t.byteSize())]);
    t.getBytes(bytes);
    return of(
            t.shape(),
            i ->
                switch (t.dtype()) {
                  case FLOAT32 -> bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
                  case FLOAT64 -> bytes.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * i);
                  case INT32 -> bytes.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i);
                  case UINT8 -> bytes.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
                  case BFLOAT16 ->
                      Float.intBitsToFloat(
                          bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i) << 16);
                })
        .as(t.dtype());
  }
}
