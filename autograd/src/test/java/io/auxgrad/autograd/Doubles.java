package io.auxgrad.autograd;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** An array of the float64 references. */
record Doubles(Shape shape, double[] data) {
  static Doubles of(Shape shape, IntToDoubleFunction value) {
    double[] data = new double[Math.toIntExact(shape.size())];
    Arrays.setAll(data, value);
    return new Doubles(shape, data);
  }

  static Doubles zeros(int... dims) {
    return of(Shape.of(dims), i -> 0);
  }

  static Doubles scalar(double value) {
    return of(Shape.scalar(), i -> value);
  }

  /** Values that a float holds exactly. */
  static Doubles uniform(Philox random, double low, double high, int... dims) {
    return of(Shape.of(dims), i -> random.uniform((float) low, (float) high));
  }

  /** Values at least 1/16 apart, in random order: no ties, and no kink near a difference. */
  static Doubles distinct(Philox random, int... dims) {
    Shape shape = Shape.of(dims);
    int[] order = new int[Math.toIntExact(shape.size())];
    Arrays.setAll(order, i -> i);
    random.shuffle(order);
    return of(shape, i -> (order[i] - order.length / 2) / 16.0 + 1 / 32.0);
  }

  int dim(int axis) {
    return shape.dim(axis);
  }

  double at(int... index) {
    return data[offset(index)];
  }

  void add(double value, int... index) {
    data[offset(index)] += value;
  }

  /** The element at flat {@code index} of the shape that this one is broadcast to. */
  double broadcastAt(Shape to, int index) {
    int offset = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      int position = (int) (index / to.stride(axis + to.rank() - shape.rank()));
      offset = offset * dim(axis) + position % dim(axis) % to.dim(axis - shape.rank());
    }
    return data[offset];
  }

  Doubles with(int index, double value) {
    double[] copy = data.clone();
    copy[index] = value;
    return new Doubles(shape, copy);
  }

  /** The largest magnitude. */
  double scale() {
    return Arrays.stream(data).map(Math::abs).max().orElse(0);
  }

  /** Each value as the nearest bfloat16, the even one of two. */
  Doubles roundedToBfloat16() {
    return of(
        shape,
        i -> {
          int bits = Float.floatToRawIntBits((float) data[i]);
          return Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
        });
  }

  Tensor upload(DeviceMemory memory) {
    float[] values = new float[data.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) data[i];
    }
    return Tensor.of(memory, shape, values);
  }

  private int offset(int... index) {
    int offset = 0;
    for (int axis = 0; axis < index.length; axis++) {
      offset = offset * dim(axis) + index[axis];
    }
    return offset;
  }
}
