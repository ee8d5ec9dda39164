package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.ImageOps;
import io.auxgrad.tensor.ops.ImageView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The device's ops on images give what the host's {@link View} gives, to the byte on the CPU. */
@ExtendWith(NoLeaks.class)
class DeviceViewTest {
  private static final int H = 23;
  private static final int W = 31;
  private static final float[] MEAN = {
    Normalization.mean(0), Normalization.mean(1), Normalization.mean(2)
  };
  private static final float[] DEVIATION = {
    Normalization.deviation(0), Normalization.deviation(1), Normalization.deviation(2)
  };

  private final ImageOps ops = Backends.cpu().image();
  private final DeviceMemory memory = Backends.cpu().memory();
  private final List<View> views = views();
  private final List<Sample> samples = new ArrayList<>();
  private final HostBatch expected;

  DeviceViewTest() {
    for (int n = 0; n < views.size(); n++) {
      samples.add(Samples.random("s" + n, H, W, n));
    }
    expected = HostBatch.allocate(samples, new ImageSize(H, W));
    for (int n = 0; n < views.size(); n++) {
      views.get(n).write(samples.get(n), expected, n);
    }
  }

  /** Random ones of three kinds, and the limits of each parameter. */
  private static List<View> views() {
    List<View> views = new ArrayList<>();
    views.add(View.WHOLE);
    for (float scale : new float[] {0.5f, 1, 1.7f, 2}) {
      views.add(new View(scale, 0, 1, false, ColourJitter.NONE));
      views.add(new View(scale, 1, 0, true, new ColourJitter(1.3f, 0.8f, 1.4f, 0.1f)));
    }
    for (int i = 0; i < 20; i++) {
      views.add(Augmentation.standard().draw(1, 0, i));
      views.add(new Augmentation(0.4f, 3, 0.5f, 1, 1, 1, 1).draw(2, 0, i));
      views.add(new Augmentation(1, 1, 0.5f, 0, 0, 0, 0).draw(3, 0, i));
    }
    return views;
  }

  private static ImageView onDevice(View view, Sample sample) {
    float[][] matrix = view.colours().matrix(ColourJitter.meanGray(sample.rgb()));
    float[] colours = ImageView.sameColours();
    for (int row = 0; matrix != null && row < 3; row++) {
      System.arraycopy(matrix[row], 0, colours, 4 * row, 4);
    }
    return new ImageView(
        view.scale(),
        view.left() * (W - W / view.scale()),
        view.top() * (H - H / view.scale()),
        view.flip(),
        colours);
  }

  private Tensor deviceViews() {
    List<ImageView> all = new ArrayList<>();
    for (int n = 0; n < views.size(); n++) {
      all.add(onDevice(views.get(n), samples.get(n)));
    }
    return ImageView.toTensor(memory, all);
  }

  private interface MapOf {
    float[] of(Sample sample);
  }

  private Tensor floats(MapOf map, int... dims) {
    float[] all = new float[Math.toIntExact(Shape.of(dims).size())];
    for (int n = 0; n < samples.size(); n++) {
      float[] values = map.of(samples.get(n));
      System.arraycopy(values, 0, all, n * values.length, values.length);
    }
    return Tensor.of(memory, Shape.of(dims), all);
  }

  private byte[] rgb() {
    byte[] all = new byte[3 * samples.size() * H * W];
    for (int n = 0; n < samples.size(); n++) {
      System.arraycopy(samples.get(n).rgb(), 0, all, 3 * n * H * W, 3 * H * W);
    }
    return all;
  }

  private int[] classes() {
    return samples.stream().flatMapToInt(sample -> Arrays.stream(sample.classes())).toArray();
  }

  @Test
  void imagesAreTheSameBytes() {
    try (var _ = TensorScope.open()) {
      Tensor rgb = Tensor.ofBytes(memory, Shape.of(samples.size(), H, W, 3), rgb());
      Tensor got = ops.input(rgb, deviceViews(), MEAN, DEVIATION, H, W, DType.FLOAT32);
      assertArrayEquals(expected.images(), got.toFloats());
    }
  }

  @Test
  void classesAreTheSame() {
    int[] classes = classes();
    byte[] packed = new byte[classes.length];
    for (int i = 0; i < packed.length; i++) {
      packed[i] = (byte) classes[i]; // -1 becomes 255
    }
    Shape shape = Shape.of(samples.size(), H, W);
    try (var _ = TensorScope.open()) {
      Tensor views = deviceViews();
      Tensor ints = Tensor.ofInts(memory, shape, classes);
      Tensor bytes = Tensor.ofBytes(memory, shape, packed);
      assertArrayEquals(expected.classes(), ops.classes(ints, views, H, W).toInts());
      assertArrayEquals(expected.classes(), ops.classes(bytes, views, H, W).toInts());
    }
  }

  @Test
  void depthIsTheSameBytes() {
    try (var _ = TensorScope.open()) {
      Tensor depth = floats(Sample::depth, samples.size(), H, W);
      ImageOps.Masked got = ops.depth(depth, deviceViews(), H, W);
      assertArrayEquals(expected.depth(), got.values().toFloats());
      assertArrayEquals(expected.depthMask(), got.mask().toBytes());
    }
  }

  @Test
  void normalsAreTheSameBytes() {
    try (var _ = TensorScope.open()) {
      Tensor normals = floats(Sample::normals, samples.size(), H, W, 3);
      ImageOps.Masked got = ops.normals(normals, deviceViews(), H, W);
      assertArrayEquals(expected.normals(), got.values().toFloats());
      assertArrayEquals(expected.normalsMask(), got.mask().toBytes());
    }
  }
}
