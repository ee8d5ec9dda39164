package io.auxgrad.mtl.data;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.ImageOps;
import io.auxgrad.tensor.ops.ImageView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All samples of a data set in {@link PackedSample} form in the memory of a device, where batches
 * are made of them. It owns its tensors until it is closed.
 */
final class DeviceSamples implements AutoCloseable {
  /** Samples that are decoded at once, by all processors. */
  private static final int PIECE = 64;

  private static final int NORMAL_BYTES = 4;
  private static final float[] MEAN = Normalization.means();
  private static final float[] DEVIATION = Normalization.deviations();

  private final Backend backend;
  private final ImageSize size;
  private final List<String> ids = new ArrayList<>();
  private final float[] meanGrays;
  private final Tensor rgb;
  private final Tensor classes;
  private final Tensor depth;
  private final Tensor normals;

  private DeviceSamples(Backend backend, ImageSize size, int samples, PackedSample first) {
    this.backend = backend;
    this.size = size;
    meanGrays = new float[samples];
    int h = size.height();
    int w = size.width();
    rgb = make(DType.UINT8, samples, h, w, 3);
    classes = first.classes() == null ? null : make(DType.UINT8, samples, h, w);
    depth = first.depth() == null ? null : make(DType.FLOAT32, samples, h, w);
    normals = first.normals() == null ? null : make(DType.UINT8, samples, h, w, NORMAL_BYTES);
  }

  /**
   * Brings all samples of {@code dataset} to the device. The caller closes the result.
   *
   * @throws io.auxgrad.mtl.UserException if a sample cannot be read
   */
  static DeviceSamples upload(CachedDataset dataset, Backend backend) {
    PackedSample first = Loader.read(dataset, 0, dataset::packed);
    try (var _ = TensorScope.open()) {
      DeviceSamples result = new DeviceSamples(backend, dataset.imageSize(), dataset.size(), first);
      for (int from = 0; from < dataset.size(); from += PIECE) {
        int to = Math.min(from + PIECE, dataset.size());
        dataset.prepare(IntStream.range(from, to).toArray());
        for (int i = from; i < to; i++) {
          result.put(i, first, Loader.read(dataset, i, dataset::packed));
        }
      }
      result.maps().forEach(TensorScope::detach);
      return result;
    }
  }

  private void put(int index, PackedSample first, PackedSample sample) {
    if (!sample.hasTheMapsOf(first)) {
      throw new IllegalArgumentException(
          "samples %s and %s cannot be kept on a device together: only one has classes, depth or normals"
              .formatted(first.id(), sample.id()));
    }
    ids.add(sample.id());
    meanGrays[index] = ColourJitter.meanGray(sample.rgb());
    put(rgb, index, MemorySegment.ofArray(sample.rgb()));
    if (classes != null) {
      put(classes, index, MemorySegment.ofArray(sample.classes()));
    }
    if (depth != null) {
      put(depth, index, MemorySegment.ofArray(sample.depth()));
    }
    if (normals != null) {
      put(normals, index, MemorySegment.ofArray(sample.normals()));
    }
  }

  private static void put(Tensor all, int index, MemorySegment one) {
    all.setBytes(index * one.byteSize(), one);
  }

  private Tensor make(DType type, int... dims) {
    return Tensor.empty(backend.memory(), type, Shape.of(dims));
  }

  ImageSize size() {
    return size;
  }

  String id(int index) {
    return ids.get(index);
  }

  /** {@code view} of sample {@code index}. */
  ImageView view(int index, View view) {
    return view.onDevice(index, size, meanGrays[index]);
  }

  /** Of a batch of {@code count} images. */
  Batch.Layout layout(int count) {
    return new Batch.Layout(
        count, size.height(), size.width(), classes != null, depth != null, normals != null);
  }

  /**
   * Makes all maps of {@code batch}, with nothing but ops on tensors that stay: can be recorded and
   * captured.
   *
   * @param views of its images
   */
  void gather(Tensor views, Batch batch) {
    ImageOps image = backend.image();
    image.input(rgb, views, MEAN, DEVIATION, batch.images());
    if (classes != null) {
      image.classes(classes, views, batch.classes());
    }
    if (depth != null) {
      image.depth(depth, views, new ImageOps.Masked(batch.depth(), batch.depthMask()));
    }
    if (normals != null) {
      image.normals(normals, views, new ImageOps.Masked(batch.normals(), batch.normalsMask()));
    }
  }

  private Stream<Tensor> maps() {
    return Stream.of(rgb, classes, depth, normals).filter(Objects::nonNull);
  }

  @Override
  public void close() {
    maps().forEach(Tensor::close);
  }
}
