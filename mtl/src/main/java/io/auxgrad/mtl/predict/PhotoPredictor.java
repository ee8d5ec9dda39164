package io.auxgrad.mtl.predict;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.data.Loader;
import io.auxgrad.mtl.data.Sample;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.train.TrainedModel;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.util.HashMap;
import java.util.Map;

/**
 * Predicts for images of any size.
 *
 * <p>An image is brought to as many pixels as the network was trained with, keeping its shape, and
 * what is predicted is brought back to the image's size.
 */
public final class PhotoPredictor {
  private static final int SMALLEST_SIDE = 32;

  private final TrainedModel model;
  private final Backend backend;

  /** With the weights of {@code model}, which stays the caller's. */
  public PhotoPredictor(TrainedModel model, Backend backend) {
    this.model = model;
    this.backend = backend;
  }

  /**
   * {@code photo} with the predicted classes, depth and normals as its labels; null for a task that
   * is off.
   */
  public Sample predict(Sample photo) {
    try (Loader loader = Loader.evaluation(new One(photo), inputSize(photo.size()), 1, 1);
        var _ = Tape.noGrad();
        TensorScope _ = TensorScope.open();
        Batch batch = Batch.upload(backend.memory(), loader.next())) {
      Outputs outputs = model.network().forward(Variable.constant(batch.images()));
      Map<String, Tensor> maps = new HashMap<>();
      for (Task task : model.tasks()) {
        Tensor output = outputs.main().get(task.name()).value();
        maps.put(task.name(), task.predict(output, photo.height(), photo.width()));
      }
      return new Sample(
          photo.id(),
          photo.height(),
          photo.width(),
          photo.rgb(),
          classes(maps.get("segmentation")),
          values(maps.get("depth")),
          values(maps.get("normals")));
    }
  }

  private ImageSize inputSize(ImageSize image) {
    double factor = Math.sqrt((double) model.config().data().size().pixels() / image.pixels());
    return new ImageSize(side(image.height() * factor), side(image.width() * factor));
  }

  private static int side(double length) {
    return Math.max(SMALLEST_SIDE, (int) Math.round(length));
  }

  private int[] classes(Tensor logits) {
    return logits == null ? null : backend.reduction().argmax(logits).toInts();
  }

  private static float[] values(Tensor map) {
    return map == null ? null : map.toFloats();
  }

  /** A data set of one photo. */
  private record One(Sample photo) implements Dataset {
    @Override
    public String name() {
      return photo.id();
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public Sample load(int index) {
      return photo;
    }
  }
}
