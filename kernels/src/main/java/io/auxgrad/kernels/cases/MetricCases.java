package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MetricOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Sums behind metrics, each added twice to see that they are added to what is there. */
final class MetricCases {
  private static final float MINIMUM = 0.75f;
  private static final int BINS = 720;

  private MetricCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (int[] dims : new int[][] {{1, 1}, {3, 7, 5, 1}, {2, 33, 41, 1}, {67}}) {
      cases.add(depth(true, dims));
      cases.add(depth(false, dims));
    }
    for (int[] dims : new int[][] {{1, 1, 3}, {3, 7, 5, 3}, {2, 33, 41, 3}, {67, 3}}) {
      cases.add(normals(true, dims));
      cases.add(normals(false, dims));
    }
    List<OpCase> all = new ArrayList<>(OpCase.alsoInBfloat16(cases, Set.of(0), Set.of()));
    all.add(moreThanTheMostParts());
    all.add(zeroAndOppositeVectors());
    for (int[] dims : new int[][] {{1}, {7, 7}, {70, 70}, {3, 1031}}) {
      all.add(counts(dims));
    }
    return all;
  }

  private static OpCase depth(boolean masked, int... dims) {
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Input(Shape.of(dims), Input.Kind.UNIFORM, 0.25, 6));
    inputs.add(new Input(Shape.of(dims), Input.Kind.UNIFORM, 0.5, 5));
    if (masked) {
      inputs.add(Input.mask(dims));
    }
    return OpCase.of(
            "depth sums" + (masked ? " masked" : ""),
            Set.of("metric.depth"),
            inputs,
            in -> List.of(depthSums(in, masked)),
            (b, in) -> {
              Tensor sums = zeros(in, DType.FLOAT64, MetricOps.DEPTH_SUMS);
              for (int time = 0; time < 2; time++) {
                b.metric().depth(in.get(0), in.get(1), masked ? in.get(2) : null, MINIMUM, sums);
              }
              return List.of(sums);
            })
        .summing(2 * Shape.of(dims).size());
  }

  private static Array64 depthSums(List<Array64> in, boolean masked) {
    double[] sums = new double[MetricOps.DEPTH_SUMS];
    for (int i = 0; i < in.get(0).data().length; i++) {
      if (masked && in.get(2).data()[i] == 0) {
        continue;
      }
      double p = Math.max(in.get(0).data()[i], MINIMUM);
      double t = in.get(1).data()[i];
      double ratio = Math.max(p / t, t / p);
      sums[0] += 2;
      sums[1] += 2 * Math.abs(p - t) / t;
      sums[2] += 2 * Math.pow(p - t, 2) / t;
      sums[3] += 2 * Math.pow(p - t, 2);
      sums[4] += 2 * Math.pow(Math.log(p) - Math.log(t), 2);
      sums[5] += 2 * Math.abs(Math.log10(p) - Math.log10(t));
      for (int k = 1; k <= 3; k++) {
        sums[5 + k] += ratio < Math.pow(1.25, k) ? 2 : 0;
      }
    }
    return vector(DType.FLOAT64, sums);
  }

  private static OpCase normals(boolean masked, int... dims) {
    Input vectors = new Input(Shape.of(dims), Input.Kind.UNIFORM, -1, 1);
    List<Input> inputs = new ArrayList<>(List.of(vectors, vectors));
    if (masked) {
      inputs.add(Input.mask(Arrays.copyOf(dims, dims.length - 1)));
    }
    return normals("normals sums" + (masked ? " masked" : ""), masked, inputs);
  }

  private static OpCase normals(String name, boolean masked, List<Input> inputs) {
    return OpCase.of(
            name,
            Set.of("metric.normals"),
            inputs,
            in -> angles(in, masked),
            (b, in) -> {
              Tensor sums = zeros(in, DType.FLOAT64, MetricOps.NORMALS_SUMS);
              Tensor histogram = zeros(in, DType.INT32, BINS);
              for (int time = 0; time < 2; time++) {
                b.metric()
                    .normals(in.get(0), in.get(1), masked ? in.get(2) : null, sums, histogram);
              }
              return List.of(sums, histogram);
            })
        .summing(2 * inputs.getFirst().shape().rows());
  }

  private static List<Array64> angles(List<Array64> in, boolean masked) {
    double[] sums = new double[MetricOps.NORMALS_SUMS];
    double[] histogram = new double[BINS];
    for (int i = 0; i < in.get(0).shape().rows(); i++) {
      if (masked && in.get(2).data()[i] == 0) {
        continue;
      }
      double degrees = degreesBetween(in.get(0).data(), in.get(1).data(), 3 * i);
      sums[0] += 2;
      sums[1] += 2 * degrees;
      sums[2] += degrees < 11.25 ? 2 : 0;
      sums[3] += degrees < 22.5 ? 2 : 0;
      sums[4] += degrees < 30 ? 2 : 0;
      histogram[(int) Math.floor(degrees / 180 * (BINS - 1))] += 2;
    }
    return List.of(vector(DType.FLOAT64, sums), vector(DType.INT32, histogram));
  }

  /** By Kahan: twice the arc tangent of the lengths of difference and sum of the unit vectors. */
  private static double degreesBetween(double[] a, double[] b, int at) {
    double lengthA = Math.hypot(a[at], Math.hypot(a[at + 1], a[at + 2]));
    double lengthB = Math.hypot(b[at], Math.hypot(b[at + 1], b[at + 2]));
    if (lengthA == 0 || lengthB == 0) {
      return 90;
    }
    double difference = 0;
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      double u = a[at + c] * lengthB;
      double v = b[at + c] * lengthA;
      difference = Math.hypot(difference, u - v);
      sum = Math.hypot(sum, u + v);
    }
    return Math.toDegrees(2 * Math.atan2(difference, sum));
  }

  /** So many pixels that an image has no more parts, but longer ones. */
  private static OpCase moreThanTheMostParts() {
    return depth(true, 1, 512, 520, 1);
  }

  /** Coordinates are -1, 0 or 1: many vectors are zero, equal, opposite or at right angles. */
  private static OpCase zeroAndOppositeVectors() {
    Input vectors = Input.labels(-1, 2, 4, 60, 3);
    return new OpCase(
        "normals sums of special vectors",
        Set.of("metric.normals"),
        List.of(vectors, vectors),
        in -> angles(in, false),
        (b, in) -> {
          Tensor prediction = b.pointwise().cast(in.get(0), DType.FLOAT32);
          Tensor target = b.pointwise().cast(in.get(1), DType.FLOAT32);
          Tensor sums = zeros(in, DType.FLOAT64, MetricOps.NORMALS_SUMS);
          Tensor histogram = zeros(in, DType.INT32, BINS);
          for (int time = 0; time < 2; time++) {
            b.metric().normals(prediction, target, null, sums, histogram);
          }
          return List.of(sums, histogram);
        },
        null,
        2 * 4 * 60,
        0);
  }

  /** Of any int32, so that sums of two need more than its 32 bits. */
  private static OpCase counts(int... dims) {
    return OpCase.of(
        "sums of counts",
        Set.of("metric.accumulate"),
        List.of(Input.labels(0, Integer.MAX_VALUE, dims)),
        in ->
            List.of(Array64.of(Shape.of(dims), i -> 2 * in.getFirst().data()[i]).as(DType.FLOAT64)),
        (b, in) -> {
          Tensor sums = Tensor.zeros(b.memory(), DType.FLOAT64, Shape.of(dims));
          for (int time = 0; time < 2; time++) {
            b.metric().accumulate(in.getFirst(), sums);
          }
          return List.of(sums);
        });
  }

  private static Tensor zeros(List<Tensor> beside, DType type, int length) {
    return Tensor.zeros(beside.getFirst().memory(), type, Shape.of(length));
  }

  private static Array64 vector(DType type, double[] values) {
    return Array64.of(Shape.of(values.length), i -> values[i]).as(type);
  }
}
