package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import io.auxgrad.tensor.ops.ResizeOps.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Losses on upsampled predictions: the references of resizing and of the losses, one on another.
 */
final class UpsampledLossCases {
  private UpsampledLossCases() {}

  /** {@code n} images of {@code h x w} for labels of {@code fineH x fineW}. */
  private record Size(int n, int h, int w, int fineH, int fineW) {
    Shape coarse(int channels) {
      return Shape.of(n, h, w, channels);
    }

    int[] fine(int channels) {
      return new int[] {n, fineH, fineW, channels};
    }

    Array64 enlarge(Array64 x) {
      return ResizeCases.reference(x, Mode.BILINEAR, fineH, fineW);
    }

    long terms() {
      return (long) n * fineH * fineW;
    }

    @Override
    public String toString() {
      return " to " + fineH + "x" + fineW;
    }
  }

  private static final List<Size> SIZES =
      List.of(
          new Size(2, 3, 4, 12, 16),
          new Size(1, 5, 7, 13, 19),
          new Size(1, 1, 1, 5, 6),
          new Size(2, 6, 4, 6, 4),
          new Size(1, 3, 5, 3, 11),
          new Size(1, 3, 5, 10, 5),
          new Size(2, 9, 11, 4, 7),
          new Size(1, 4, 6, 1, 1),
          new Size(2, 2, 9, 3, 33),
          new Size(1, 2, 3, 21, 300));

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Size size : SIZES) {
      cases.addAll(LossCases.alsoInBfloat16(crossEntropy(size, 13, false, -1)));
      cases.addAll(LossCases.alsoInBfloat16(crossEntropy(size, 5, true, -1)));
      // Among the numbers of bfloat16 errors of 0 are frequent, where L1 has no difference
      // quotient.
      cases.add(regression(size, Penalty.L1, 1, true));
      cases.addAll(LossCases.alsoInBfloat16(regression(size, Penalty.L2, 1, true)));
      cases.addAll(LossCases.alsoInBfloat16(regression(size, Penalty.BERHU, 1, true)));
      cases.addAll(LossCases.alsoInBfloat16(cosine(size, 3, true)));
    }
    for (int classes : new int[] {1, 2, 40, 400}) {
      cases.add(crossEntropy(SIZES.getFirst(), classes, false, 0));
    }
    cases.add(crossEntropy(new Size(2, 20, 30, 80, 120), 13, true, -1));
    cases.add(regression(SIZES.getFirst(), Penalty.L1, 3, false));
    cases.add(regression(SIZES.get(1), Penalty.L2, 5, true));
    cases.add(cosine(SIZES.getFirst(), 3, false));
    cases.add(cosine(SIZES.getFirst(), 5, true));
    return cases;
  }

  /** The inputs with the first one at the labels' size. */
  private static List<Array64> enlarged(Size size, List<Array64> in) {
    List<Array64> fine = new ArrayList<>(in);
    fine.set(0, size.enlarge(in.getFirst()));
    return fine;
  }

  private static OpCase crossEntropy(Size size, int classes, boolean weighted, int lowestLabel) {
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Input(size.coarse(classes), Input.Kind.UNIFORM, -6, 6));
    inputs.add(Input.labels(lowestLabel, classes, size.n(), size.fineH(), size.fineW()));
    if (weighted) {
      inputs.add(Input.positive(classes));
    }
    return OpCase.of(
            "upsampled cross-entropy" + (weighted ? " weighted" : "") + size,
            Set.of("loss.upsampledCrossEntropy"),
            inputs,
            in -> List.of(Array64.scalar(LossCases.crossEntropy(enlarged(size, in), weighted))),
            (b, in) ->
                LossCases.outputs(
                    b.loss()
                        .upsampledCrossEntropy(
                            in.get(0), in.get(1), -1, weighted ? in.get(2) : null, true)))
        .differentiable(LossCases.gradientOfFirst(inputs.size()))
        .summing(size.terms());
  }

  private static OpCase regression(Size size, Penalty penalty, int channels, boolean masked) {
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Input(size.coarse(channels), Input.Kind.DISTINCT, 0, 0));
    inputs.add(new Input(Shape.of(size.fine(channels)), Input.Kind.UNIFORM, -2, 9));
    if (masked) {
      inputs.add(Input.mask(size.fine(channels)));
    }
    return OpCase.of(
            "upsampled regression " + penalty + (masked ? " masked" : "") + size,
            Set.of("loss.upsampledRegression"),
            inputs,
            in ->
                List.of(Array64.scalar(LossCases.regression(penalty, enlarged(size, in), masked))),
            (b, in) ->
                LossCases.outputs(
                    b.loss()
                        .upsampledRegression(
                            penalty, in.get(0), in.get(1), masked ? in.get(2) : null, true)))
        .differentiable(penalty == Penalty.BERHU ? null : LossCases.gradientOfFirst(inputs.size()))
        .summing(size.terms() * channels);
  }

  private static OpCase cosine(Size size, int length, boolean masked) {
    List<Input> inputs = new ArrayList<>();
    // Away from zero, where the direction changes too fast for finite differences.
    inputs.add(new Input(size.coarse(length), Input.Kind.UNIFORM, 0.25, 2));
    inputs.add(Input.uniform(size.fine(length)));
    if (masked) {
      inputs.add(Input.mask(size.n(), size.fineH(), size.fineW()));
    }
    return OpCase.of(
            "upsampled cosine%s%s%s"
                .formatted(masked ? " masked" : "", length == 3 ? "" : " of " + length, size),
            Set.of("loss.upsampledCosine"),
            inputs,
            in -> List.of(Array64.scalar(LossCases.cosine(enlarged(size, in), masked))),
            (b, in) ->
                LossCases.outputs(
                    b.loss()
                        .upsampledCosine(in.get(0), in.get(1), masked ? in.get(2) : null, true)))
        .differentiable(LossCases.gradientOfFirst(inputs.size()))
        .summing(size.terms());
  }
}
