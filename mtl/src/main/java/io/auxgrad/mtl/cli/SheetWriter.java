package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.Sample;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.predict.PhotoPredictor;
import io.auxgrad.mtl.predict.Sheet;
import io.auxgrad.mtl.train.TrainedModel;
import io.auxgrad.tensor.ops.Backend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Draws predictions beside the truth. */
final class SheetWriter {
  private static final int ROWS = 6;

  private SheetWriter() {}

  /** Writes a PNG with images spread evenly over the test split. */
  static void write(Path file, TrainedModel model, Splits splits, Backend backend) {
    Dataset test = splits.test();
    int rows = Math.min(ROWS, test.size());
    PhotoPredictor predictor = new PhotoPredictor(model, backend);
    List<Sheet.Row> drawn = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Sample truth = test.load((int) ((long) row * test.size() / rows));
      drawn.add(new Sheet.Row(truth, predictor.predict(truth)));
    }
    Sheet.draw(drawn, model.classes()).write(file);
  }
}
