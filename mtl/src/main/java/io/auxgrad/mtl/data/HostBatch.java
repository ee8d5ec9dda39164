package io.auxgrad.mtl.data;

import java.util.List;
import java.util.function.Predicate;

/**
 * A batch on the host, ready for the device. Maps that the data set does not have are null.
 *
 * @param ids names of the N images
 * @param height rows
 * @param width columns
 * @param images {@code [N,H,W,3]} normalised with {@link Normalization}
 * @param classes {@code [N,H,W]} from 0, -1 = ignore; or null
 * @param depth {@code [N,H,W]} metres, 0 where invalid; or null
 * @param depthMask {@code [N,H,W]} 1 where depth is valid; or null
 * @param normals {@code [N,H,W,3]} unit vectors, 0 where invalid; or null
 * @param normalsMask {@code [N,H,W]} 1 where the normal is valid; or null
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of pixels, compared by nobody
public record HostBatch(
    List<String> ids,
    int height,
    int width,
    float[] images,
    int[] classes,
    float[] depth,
    byte[] depthMask,
    float[] normals,
    byte[] normalsMask)
    implements BatchContent {
  /** A batch of zeros for {@code samples}, which must all have the same maps. */
  static HostBatch allocate(List<Sample> samples, ImageSize size) {
    int pixels = Math.multiplyExact(samples.size(), size.pixels());
    boolean classes = allOrNone(samples, "classes", sample -> sample.classes() != null);
    boolean depth = allOrNone(samples, "depth", sample -> sample.depth() != null);
    boolean normals = allOrNone(samples, "normals", sample -> sample.normals() != null);
    return new HostBatch(
        samples.stream().map(Sample::id).toList(),
        size.height(),
        size.width(),
        new float[3 * pixels],
        classes ? new int[pixels] : null,
        depth ? new float[pixels] : null,
        depth ? new byte[pixels] : null,
        normals ? new float[3 * pixels] : null,
        normals ? new byte[pixels] : null);
  }

  @Override
  public Batch.Layout layout() {
    return new Batch.Layout(
        ids.size(), height, width, classes != null, depth != null, normals != null);
  }

  private static boolean allOrNone(List<Sample> samples, String map, Predicate<Sample> has) {
    Sample first = samples.getFirst();
    for (Sample sample : samples) {
      if (has.test(sample) != has.test(first)) {
        throw new IllegalArgumentException(
            "samples %s and %s cannot share a batch: only one has %s"
                .formatted(first.id(), sample.id(), map));
      }
    }
    return has.test(first);
  }
}
