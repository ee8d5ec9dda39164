package io.auxgrad.mtl.metrics;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Figures of semantic segmentation from one confusion matrix over the split. Pixels labelled -1
 * count nowhere.
 *
 * <ul>
 *   <li>{@code miou}: {@code TP / (TP + FP + FN)} per class, averaged over the classes that occur
 *       in the labels or in the predictions
 *   <li>{@code pixel_accuracy}: share of the pixels whose class is right
 *   <li>{@code mean_accuracy}: {@code TP / (TP + FN)} per class, averaged over the classes that
 *       occur in the labels
 * </ul>
 */
public final class SegmentationMetric implements Metric {
  /** The label of pixels that count nowhere. */
  public static final int IGNORE = -1;

  private final int classes;
  private final SplitSums confusion;

  /** For labels {@code 0..classes-1} and predictions in {@code memory}. */
  public SegmentationMetric(DeviceMemory memory, int classes) {
    this.classes = classes;
    confusion = SplitSums.zero(memory, classes, classes);
  }

  /** Takes in logits {@code [N,H,W,classes]}; the largest one decides, the first of equals. */
  @Override
  public void update(Tensor prediction, Batch batch) {
    Backend backend = Backends.of(prediction);
    try (Tensor chosen = backend.reduction().argmax(prediction)) {
      confusion.count(
          counts -> backend.indexing().confusion(chosen, batch.classes(), IGNORE, counts));
    }
  }

  @Override
  public SequencedMap<String, Double> results() {
    double[] counts = confusion.read();
    double iou = 0;
    int occurring = 0;
    double recall = 0;
    int labelled = 0;
    double right = 0;
    double pixels = 0;
    for (int c = 0; c < classes; c++) {
      double hits = counts[c * classes + c];
      double targets = 0;
      double predictions = 0;
      for (int other = 0; other < classes; other++) {
        targets += counts[c * classes + other];
        predictions += counts[other * classes + c];
      }
      if (targets + predictions > 0) {
        iou += hits / (targets + predictions - hits);
        occurring++;
      }
      if (targets > 0) {
        recall += hits / targets;
        labelled++;
      }
      right += hits;
      pixels += targets;
    }
    SequencedMap<String, Double> results = new LinkedHashMap<>();
    results.put("miou", iou / occurring);
    results.put("pixel_accuracy", right / pixels);
    results.put("mean_accuracy", recall / labelled);
    return results;
  }
}
