package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.INT32;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Losses with their gradients. Labels and masks are read twice: by the pass that counts them too.
 */
final class LossRows {
  private static final int IGNORE = -1;
  private static final int CLASSES = 13;
  private static final Traffic LABELS_TWICE = Traffic.twice(1);
  private static final Traffic MASK_TWICE = Traffic.twice(2);

  // The largest error is looked for in a pass of its own.
  private static final Traffic ALL_INPUTS_TWICE = Traffic.twice(0, 1, 2);

  private LossRows() {}

  static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.of(
            "cross-entropy",
            LABELS_TWICE,
            b -> {
              Tensor logits = b.map(240, 320, CLASSES);
              Tensor labels = b.labels(INT32, 240, 320, CLASSES);
              return () -> b.ops().loss().crossEntropy(logits, labels, IGNORE, null, true);
            }));
    rows.add(
        Row.of(
            "cosine",
            MASK_TWICE,
            b -> {
              Tensor prediction = b.map(240, 320, 3);
              Tensor target = b.targets(240, 320, 3);
              Tensor mask = b.mask(240, 320);
              return () -> b.ops().loss().cosine(prediction, target, mask, true);
            }));
    rows.add(
        Row.of(
            "upsampled cross-entropy",
            LABELS_TWICE,
            b -> {
              Tensor logits = b.map(60, 80, CLASSES);
              Tensor labels = b.labels(INT32, 240, 320, CLASSES);
              return () -> b.ops().loss().upsampledCrossEntropy(logits, labels, IGNORE, null, true);
            }));
    rows.add(
        Row.of(
            "upsampled cosine",
            MASK_TWICE,
            b -> {
              Tensor prediction = b.map(60, 80, 3);
              Tensor target = b.targets(240, 320, 3);
              Tensor mask = b.mask(240, 320);
              return () -> b.ops().loss().upsampledCosine(prediction, target, mask, true);
            }));
    for (Penalty penalty : Penalty.values()) {
      rows.add(regression(penalty));
      rows.add(upsampledRegression(penalty));
    }
    return rows;
  }

  private static String name(Penalty penalty) {
    return penalty.name().toLowerCase(Locale.ROOT);
  }

  private static Traffic traffic(Penalty penalty) {
    return penalty == Penalty.BERHU ? ALL_INPUTS_TWICE : MASK_TWICE;
  }

  private static Row regression(Penalty penalty) {
    return Row.of(
        name(penalty),
        traffic(penalty),
        b -> {
          Tensor prediction = b.map(240, 320, 1);
          Tensor target = b.targets(240, 320, 1);
          Tensor mask = b.mask(240, 320);
          return () -> b.ops().loss().regression(penalty, prediction, target, mask, true);
        });
  }

  private static Row upsampledRegression(Penalty penalty) {
    return Row.of(
        "upsampled " + name(penalty),
        traffic(penalty),
        b -> {
          Tensor prediction = b.map(60, 80, 1);
          Tensor target = b.targets(240, 320, 1);
          Tensor mask = b.mask(240, 320);
          return () -> b.ops().loss().upsampledRegression(penalty, prediction, target, mask, true);
        });
  }
}
