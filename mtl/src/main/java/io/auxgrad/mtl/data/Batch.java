package io.auxgrad.mtl.data;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.ImageView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A batch in device memory. It owns its tensors, whatever scope is open, until it is closed; {@link
 * #take} gives them other values, with {@link #gather} where the samples are on the device. Maps
 * that the data set does not have are null.
 */
public final class Batch implements AutoCloseable {
  private final DeviceMemory memory;
  private final Layout layout;
  private final List<Tensor> owned = new ArrayList<>();
  private final Tensor images;
  private final Tensor classes;
  private final Tensor depth;
  private final Tensor depthMask;
  private final Tensor normals;
  private final Tensor normalsMask;
  private BatchContent content;

  /**
   * What a batch is like.
   *
   * @param count number of images
   * @param height rows
   * @param width columns
   * @param classes whether there are classes
   * @param depth whether there is depth
   * @param normals whether there are normals
   */
  public record Layout(
      int count, int height, int width, boolean classes, boolean depth, boolean normals) {}

  private Batch(DeviceMemory memory, Layout layout) {
    this.memory = memory;
    this.layout = layout;
    images = make(true, DType.FLOAT32, 3);
    classes = make(layout.classes, DType.INT32);
    depth = make(layout.depth, DType.FLOAT32, 1);
    depthMask = make(layout.depth, DType.UINT8);
    normals = make(layout.normals, DType.FLOAT32, 3);
    normalsMask = make(layout.normals, DType.UINT8);
  }

  /** A new one that holds {@code content}. The caller closes the batch. */
  public static Batch upload(DeviceMemory memory, BatchContent content) {
    return make(memory, content, Batch::gather);
  }

  /** A new one that has {@linkplain #take taken} {@code content}. The caller closes the batch. */
  public static Batch taking(DeviceMemory memory, BatchContent content) {
    return make(memory, content, _ -> {});
  }

  private static Batch make(DeviceMemory memory, BatchContent content, Consumer<Batch> finish) {
    // Where there is no room for all of its tensors, the scope closes those that there are.
    try (var _ = TensorScope.open()) {
      Batch batch = new Batch(memory, content.layout());
      batch.take(content);
      finish.accept(batch);
      batch.owned.forEach(TensorScope::detach);
      return batch;
    }
  }

  /**
   * Replaces what it holds by {@code next}, in the same tensors: a computation that was recorded
   * with them finds the new images there. Pixels are copied at once; of samples on the device the
   * next {@link #gather} makes them. What was asked of the device before still sees the old ones.
   *
   * @throws IllegalArgumentException if {@code next} has another layout or lies in another place
   *     than what this took before
   */
  public void take(BatchContent next) {
    if (!next.layout().equals(layout)) {
      throw new IllegalArgumentException(
          "a batch of %s cannot take %s".formatted(layout, next.layout()));
    }
    if (content != null && samplesOrNull(next) != samplesOrNull(content)) {
      throw new IllegalArgumentException(
          "a batch with %s cannot take %s, which lie elsewhere: make another one for those"
              .formatted(origin(content), origin(next)));
    }
    if (next instanceof HostBatch host) {
      copy(host);
    }
    content = next;
  }

  /**
   * Makes the images and labels that were taken last, where they are made on the device; else it
   * does nothing. It may be a part of a recorded computation, each run of which gathers what was
   * taken last then.
   */
  public void gather() {
    DeviceSamples samples = samplesOrNull(content);
    if (samples != null) {
      Shape table = Shape.of(layout.count, ImageView.NUMBERS);
      try (Tensor views = Launch.feed(memory, DType.FLOAT32, table, this::writeViews)) {
        samples.gather(views, this);
      }
    }
  }

  private static DeviceSamples samplesOrNull(BatchContent content) {
    return content instanceof DeviceBatch onDevice ? onDevice.samples() : null;
  }

  private static String origin(BatchContent content) {
    return "images %s that are %s"
        .formatted(
            content.ids(),
            samplesOrNull(content) == null ? "copied from the host" : "gathered on a device");
  }

  private void writeViews(Tensor views) {
    views.set(ImageView.numbers(((DeviceBatch) content).views()));
  }

  private void copy(HostBatch host) {
    images.set(host.images());
    if (layout.classes) {
      classes.set(host.classes());
    }
    if (layout.depth) {
      depth.set(host.depth());
      depthMask.set(host.depthMask());
    }
    if (layout.normals) {
      normals.set(host.normals());
      normalsMask.set(host.normalsMask());
    }
  }

  /** Names of the images. */
  public List<String> ids() {
    return content.ids();
  }

  /** Number of images. */
  public int count() {
    return layout.count;
  }

  /** float32 {@code [N,H,W,3]}, normalised. */
  public Tensor images() {
    return images;
  }

  /** int32 {@code [N,H,W]}, -1 = ignore. */
  public Tensor classes() {
    return classes;
  }

  /** float32 {@code [N,H,W,1]}, metres. */
  public Tensor depth() {
    return depth;
  }

  /** uint8 {@code [N,H,W]}, 1 where depth is valid. */
  public Tensor depthMask() {
    return depthMask;
  }

  /** float32 {@code [N,H,W,3]}, unit vectors. */
  public Tensor normals() {
    return normals;
  }

  /** uint8 {@code [N,H,W]}, 1 where the normal is valid. */
  public Tensor normalsMask() {
    return normalsMask;
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }

  private Tensor make(boolean wanted, DType type, int... channels) {
    if (!wanted) {
      return null;
    }
    int n = layout.count;
    int h = layout.height;
    int w = layout.width;
    return own(type, channels.length == 0 ? Shape.of(n, h, w) : Shape.of(n, h, w, channels[0]));
  }

  private Tensor own(DType type, Shape shape) {
    Tensor tensor = Tensor.empty(memory, type, shape);
    owned.add(tensor);
    return tensor;
  }
}
