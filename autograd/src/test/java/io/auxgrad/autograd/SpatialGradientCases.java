package io.auxgrad.autograd;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Pool2dSpec;
import java.util.List;
import java.util.stream.Stream;

/** Pooling and resizing. */
final class SpatialGradientCases {
  private SpatialGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    return Stream.concat(pooling(random), GradientCase.alsoInBfloat16(resizing(random), 0));
  }

  private static Stream<GradientCase> pooling(Philox random) {
    return Stream.of(
        pool(random, true, new Pool2dSpec(3, 2, 1), 2, 7, 6, 3),
        pool(random, true, new Pool2dSpec(2, 2, 0), 1, 5, 4, 5),
        pool(random, true, new Pool2dSpec(5, 1, 2), 1, 5, 7, 2),
        pool(random, false, new Pool2dSpec(3, 2, 1), 2, 7, 6, 3),
        pool(random, false, new Pool2dSpec(2, 1, 0), 1, 3, 4, 5),
        new GradientCase(
            "PoolingGradients.globalPool",
            "",
            List.of(Doubles.uniform(random, -1, 1, 2, 3, 5, 3)),
            v -> PoolingGradients.globalPool(v.getFirst()),
            v -> globalPool(v.getFirst())));
  }

  private static Stream<GradientCase> resizing(Philox random) {
    return Stream.of(
        bilinear(random, 7, 9, 1, 3, 4, 3),
        bilinear(random, 3, 2, 2, 7, 5, 2),
        bilinear(random, 6, 8, 1, 1, 4, 5),
        nearest(random, 7, 9, 1, 3, 4, 3),
        nearest(random, 2, 3, 2, 5, 7, 2));
  }

  private static GradientCase pool(Philox random, boolean max, Pool2dSpec spec, int... dims) {
    return new GradientCase(
        "PoolingGradients." + (max ? "maxPool" : "averagePool"),
        spec.toString(),
        List.of(Doubles.distinct(random, dims)),
        v ->
            max
                ? PoolingGradients.maxPool(v.getFirst(), spec)
                : PoolingGradients.averagePool(v.getFirst(), spec),
        v -> pool(v.getFirst(), max, spec));
  }

  private static Doubles pool(Doubles x, boolean max, Pool2dSpec spec) {
    Shape out = spec.outputShape(x.shape());
    return Doubles.of(
        out,
        index -> {
          int c = index % out.dim(3);
          int j = index / out.dim(3) % out.dim(2);
          int i = index / out.dim(3) / out.dim(2) % out.dim(1);
          int n = index / out.dim(3) / out.dim(2) / out.dim(1);
          double sum = 0;
          double largest = Double.NEGATIVE_INFINITY;
          int count = 0;
          for (int a = 0; a < spec.kernel(); a++) {
            for (int b = 0; b < spec.kernel(); b++) {
              int row = i * spec.stride() - spec.pad() + a;
              int column = j * spec.stride() - spec.pad() + b;
              if (row >= 0 && row < x.dim(1) && column >= 0 && column < x.dim(2)) {
                sum += x.at(n, row, column, c);
                largest = Math.max(largest, x.at(n, row, column, c));
                count++;
              }
            }
          }
          return max ? largest : sum / count;
        });
  }

  private static Doubles globalPool(Doubles x) {
    int pixels = x.dim(1) * x.dim(2);
    Doubles y = Doubles.zeros(x.dim(0), 1, 1, x.dim(3));
    for (int i = 0; i < x.data().length; i++) {
      y.add(x.data()[i] / pixels, i / (pixels * x.dim(3)), 0, 0, i % x.dim(3));
    }
    return y;
  }

  private static GradientCase bilinear(Philox random, int height, int width, int... dims) {
    return new GradientCase(
        "ResizeGradients.bilinear",
        height + "x" + width,
        List.of(Doubles.uniform(random, -1, 1, dims)),
        v -> ResizeGradients.bilinear(v.getFirst(), height, width),
        v -> resize(v.getFirst(), height, width, true));
  }

  private static GradientCase nearest(Philox random, int height, int width, int... dims) {
    return new GradientCase(
        "ResizeGradients.nearest",
        height + "x" + width,
        List.of(Doubles.uniform(random, -1, 1, dims)),
        v -> ResizeGradients.nearest(v.getFirst(), height, width),
        v -> resize(v.getFirst(), height, width, false));
  }

  static Doubles resize(Doubles x, int height, int width, boolean bilinear) {
    Doubles y = Doubles.zeros(x.dim(0), height, width, x.dim(3));
    for (int n = 0; n < x.dim(0); n++) {
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          for (int c = 0; c < x.dim(3); c++) {
            y.add(
                bilinear
                    ? sample(
                        x,
                        n,
                        (i + 0.5) * x.dim(1) / height - 0.5,
                        (j + 0.5) * x.dim(2) / width - 0.5,
                        c)
                    : x.at(n, i * x.dim(1) / height, j * x.dim(2) / width, c),
                n,
                i,
                j,
                c);
          }
        }
      }
    }
    return y;
  }

  private static double sample(Doubles x, int n, double row, double column, int c) {
    double i = Math.clamp(row, 0, x.dim(1) - 1.0);
    double j = Math.clamp(column, 0, x.dim(2) - 1.0);
    int top = (int) i;
    int left = (int) j;
    int bottom = Math.min(top + 1, x.dim(1) - 1);
    int right = Math.min(left + 1, x.dim(2) - 1);
    double down = i - top;
    double across = j - left;
    return (1 - down) * ((1 - across) * x.at(n, top, left, c) + across * x.at(n, top, right, c))
        + down * ((1 - across) * x.at(n, bottom, left, c) + across * x.at(n, bottom, right, c));
  }
}
