package io.auxgrad.kernels.cpu.onednn;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What a convolution reads and writes: pixels of {@code x} and {@code y}, taps of weights of shape
 * {@code w}.
 */
record Geometry(Crop x, Shape w, Taps rows, Taps columns, Crop y, Conv2dSpec spec) {
  /** All pixels, and the taps that meet any. */
  static Geometry of(Shape x, Shape w, Conv2dSpec spec) {
    return new Geometry(
        Crop.all(x),
        w,
        Taps.live(x.dim(1), w.dim(1), spec.padH(), spec.dilationH()),
        Taps.live(x.dim(2), w.dim(2), spec.padW(), spec.dilationW()),
        Crop.all(spec.outputShape(x, w)),
        spec);
  }

  /** Whether all taps meet some pixel. */
  boolean isWhole() {
    return rows.count() == w.dim(1) && columns.count() == w.dim(2);
  }

  /** Each tap by itself with the pixels that it sees; of a convolution of stride 1. */
  List<Geometry> taps() {
    List<Geometry> taps = new ArrayList<>();
    for (int a = rows.first(); a < rows.first() + rows.count(); a++) {
      for (int b = columns.first(); b < columns.first() + columns.count(); b++) {
        taps.add(tap(a, b));
      }
    }
    return taps;
  }

  private Geometry tap(int a, int b) {
    int down = a * spec.dilationH() - spec.padH();
    int right = b * spec.dilationW() - spec.padW();
    int top = Math.max(0, -down);
    int left = Math.max(0, -right);
    int height = Math.min(y.whole().dim(1), x.whole().dim(1) - down) - top;
    int width = Math.min(y.whole().dim(2), x.whole().dim(2) - right) - left;
    return new Geometry(
        x.of(top + down, height, left + right, width),
        w,
        Taps.one(a),
        Taps.one(b),
        y.of(top, height, left, width),
        spec);
  }

  long[] strides() {
    return new long[] {spec.strideH(), spec.strideW()};
  }

  /** oneDNN counts the taps left out between two. */
  long[] dilations() {
    return new long[] {spec.dilationH() - 1, spec.dilationW() - 1};
  }

  /** The same before and behind. */
  long[] padding() {
    return new long[] {rows.pad(), columns.pad()};
  }

  /** Bytes of the weights before the first tap. */
  long weightOffset() {
    return (rows.first() * w.stride(1) + columns.first() * w.stride(2)) * Float.BYTES;
  }

  /** The taps where they lie, inside of the weights. */
  MemoryDesc weights() {
    long o = w.dim(0);
    long i = w.dim(3);
    long groups = spec.groups();
    long[] kernel = {rows.count(), columns.count()};
    return groups == 1
        ? MemoryDesc.strided(
            DType.FLOAT32,
            new long[] {o, i, kernel[0], kernel[1]},
            w.stride(0),
            1,
            w.stride(1),
            w.stride(2))
        : MemoryDesc.strided(
            DType.FLOAT32,
            new long[] {groups, o / groups, i, kernel[0], kernel[1]},
            o / groups * w.stride(0),
            w.stride(0),
            1,
            w.stride(1),
            w.stride(2));
  }
}
