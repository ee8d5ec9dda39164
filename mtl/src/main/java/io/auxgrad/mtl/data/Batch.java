package io.auxgrad.mtl.data;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch in device memory. It owns its tensors, whatever scope is open, until it is closed. Maps
 * that the data set does not have are null.
 */
public final class Batch implements AutoCloseable {
  private final List<Tensor> owned = new ArrayList<>();
  private List<String> ids;
  private final Tensor images;
  private final Tensor classes;
  private final Tensor depth;
  private final Tensor depthMask;
  private final Tensor normals;
  private final Tensor normalsMask;

  private Batch(DeviceMemory memory, HostBatch host) {
    int n = host.count();
    int h = host.height();
    int w = host.width();
    ids = host.ids();
    images = put(memory, DType.FLOAT32, segment(host.images()), n, h, w, 3);
    classes = put(memory, DType.INT32, segment(host.classes()), n, h, w);
    depth = put(memory, DType.FLOAT32, segment(host.depth()), n, h, w, 1);
    depthMask = put(memory, DType.UINT8, segment(host.depthMask()), n, h, w);
    normals = put(memory, DType.FLOAT32, segment(host.normals()), n, h, w, 3);
    normalsMask = put(memory, DType.UINT8, segment(host.normalsMask()), n, h, w);
  }

  /** Copies {@code host} to the device. The caller closes the batch. */
  public static Batch upload(DeviceMemory memory, HostBatch host) {
    return new Batch(memory, host);
  }

  /**
   * Copies {@code host} into the tensors of this batch, which stay what they are: a computation
   * that was recorded with them finds the new images there. What was asked of the device before
   * still sees the old ones.
   *
   * @throws IllegalArgumentException if it has other shapes or other maps
   */
  public void refill(HostBatch host) {
    put(images, segment(host.images()));
    put(classes, segment(host.classes()));
    put(depth, segment(host.depth()));
    put(depthMask, segment(host.depthMask()));
    put(normals, segment(host.normals()));
    put(normalsMask, segment(host.normalsMask()));
    ids = host.ids();
  }

  private static void put(Tensor tensorOrNull, MemorySegment valuesOrNull) {
    long room = tensorOrNull == null ? 0 : tensorOrNull.byteSize();
    long bytes = valuesOrNull == null ? 0 : valuesOrNull.byteSize();
    if (room != bytes) {
      throw new IllegalArgumentException(
          "a batch is refilled with one of the same shapes and maps: %d bytes are for %s"
              .formatted(bytes, tensorOrNull == null ? "a map that it lacks" : tensorOrNull));
    }
    if (tensorOrNull != null) {
      tensorOrNull.setBytes(valuesOrNull);
    }
  }

  /** Names of the images. */
  public List<String> ids() {
    return ids;
  }

  /** Number of images. */
  public int count() {
    return ids.size();
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

  private Tensor put(DeviceMemory memory, DType type, MemorySegment values, int... dims) {
    if (values == null) {
      return null;
    }
    Tensor tensor = TensorScope.detach(Tensor.empty(memory, type, Shape.of(dims)));
    owned.add(tensor);
    return tensor.setBytes(values);
  }

  private static MemorySegment segment(float[] values) {
    return values == null ? null : MemorySegment.ofArray(values);
  }

  private static MemorySegment segment(int[] values) {
    return values == null ? null : MemorySegment.ofArray(values);
  }

  private static MemorySegment segment(byte[] values) {
    return values == null ? null : MemorySegment.ofArray(values);
  }
}
