package io.auxgrad.autograd;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/** Losses on upsampled predictions: two images of 2x3 for labels of 5x7. */
final class UpsampledLossGradientCases {
  private static final int IGNORE = -1;
  private static final int CLASSES = 5;
  private static final int HEIGHT = 5;
  private static final int WIDTH = 7;
  private static final int PIXELS = 2 * HEIGHT * WIDTH;

  private UpsampledLossGradientCases() {}

  static Stream<GradientCase> all(Philox random) {
    return Stream.concat(
        Stream.of(
            crossEntropy(random, null),
            crossEntropy(random, Doubles.uniform(random, 0.5, 2, CLASSES)),
            cosine(random)),
        Arrays.stream(Penalty.values()).map(penalty -> regression(random, penalty)));
  }

  private static int label(int pixel) {
    return pixel * 7 % (CLASSES + 1) - 1;
  }

  private static boolean valid(int pixel) {
    return pixel % 4 != 1;
  }

  private static Tensor mask(DeviceMemory memory) {
    byte[] mask = new byte[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      mask[i] = (byte) (valid(i) ? 1 : 0);
    }
    return Tensor.ofBytes(memory, Shape.of(2, HEIGHT, WIDTH), mask);
  }

  private static double[] enlarged(List<Doubles> v) {
    return SpatialGradientCases.resize(v.getFirst(), HEIGHT, WIDTH, true).data();
  }

  private static Doubles meanOfValid(IntToDoubleFunction loss) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < PIXELS; i++) {
      if (valid(i)) {
        sum += loss.applyAsDouble(i);
        count++;
      }
    }
    return Doubles.scalar(sum / count);
  }

  private static GradientCase crossEntropy(Philox random, Doubles weights) {
    int[] labels = new int[PIXELS];
    Arrays.setAll(labels, UpsampledLossGradientCases::label);
    return new GradientCase(
        "LossGradients.upsampledCrossEntropy",
        weights == null ? "" : "with weights",
        List.of(Doubles.uniform(random, -3, 3, 2, 2, 3, CLASSES)),
        v -> {
          DeviceMemory memory = v.getFirst().value().memory();
          return LossGradients.upsampledCrossEntropy(
              v.getFirst(),
              Tensor.ofInts(memory, Shape.of(2, HEIGHT, WIDTH), labels),
              IGNORE,
              weights == null ? null : weights.upload(memory));
        },
        v -> {
          double[] logits = enlarged(v);
          double sum = 0;
          double weight = 0;
          for (int i = 0; i < PIXELS; i++) {
            if (label(i) != IGNORE) {
              double w = weights == null ? 1 : weights.at(label(i));
              sum -= w * LossGradientCases.logSoftmax(logits, i * CLASSES, label(i));
              weight += w;
            }
          }
          return Doubles.scalar(sum / weight);
        });
  }

  private static GradientCase regression(Philox random, Penalty penalty) {
    Doubles x = Doubles.uniform(random, -1, 1, 2, 2, 3, 1);
    // On both sides, and nowhere near a kink.
    Doubles target =
        Doubles.of(
            Shape.of(2, HEIGHT, WIDTH, 1),
            i -> (i % 2 == 0 ? 1 : -1) * (double) random.uniform(1.2f, 3));
    double[] unmoved = enlarged(List.of(x));
    double largest = 0;
    for (int i = 0; i < PIXELS; i++) {
      largest = Math.max(largest, valid(i) ? Math.abs(unmoved[i] - target.data()[i]) : 0);
    }
    double bend = largest / 5;
    return new GradientCase(
        "LossGradients.upsampledRegression",
        penalty.toString(),
        List.of(x),
        v -> {
          DeviceMemory memory = v.getFirst().value().memory();
          return LossGradients.upsampledRegression(
              penalty, v.getFirst(), target.upload(memory), mask(memory));
        },
        v -> {
          double[] y = enlarged(v);
          return meanOfValid(
              i -> LossGradientCases.penalty(penalty, y[i] - target.data()[i], bend));
        });
  }

  private static GradientCase cosine(Philox random) {
    Doubles directions = Doubles.uniform(random, -1, 1, 2, HEIGHT, WIDTH, 3);
    Doubles target =
        Doubles.of(
            directions.shape(),
            i ->
                (float)
                    (directions.data()[i] / LossGradientCases.length(directions.data(), i / 3)));
    return new GradientCase(
        "LossGradients.upsampledCosine",
        "",
        // Away from zero, where the direction changes too fast for differences.
        List.of(Doubles.uniform(random, 0.3, 1, 2, 2, 3, 3)),
        v -> {
          DeviceMemory memory = v.getFirst().value().memory();
          return LossGradients.upsampledCosine(v.getFirst(), target.upload(memory), mask(memory));
        },
        v -> {
          double[] x = enlarged(v);
          return meanOfValid(i -> {
            double dot = 0;
            for (int k = 0; k < 3; k++) {
              dot += x[3 * i + k] * target.data()[3 * i + k];
            }
            return 1
                - dot / LossGradientCases.length(x, i) / LossGradientCases.length(target.data(), i);
          });
        });
  }
}
