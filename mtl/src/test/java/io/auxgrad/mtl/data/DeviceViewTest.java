package io.auxgrad.mtl.data;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.StandInGpu;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.ImageView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A device gathers what the host's {@link View} gives, to the byte. */
@ExtendWith(NoLeaks.class)
class DeviceViewTest {
  private static final ImageSize SIZE = new ImageSize(23, 31);
  private static final int SAMPLES = 9;

  private final List<View> views = views();
  private final CachedDataset dataset =
      new CachedDataset(Samples.dataset(SAMPLES, 23, 31), SIZE, Long.MAX_VALUE);

  private static Stream<Backend> backends() {
    return Stream.concat(
        Stream.of(Backends.cpu()),
        StandInGpu.available() ? Stream.of(StandInGpu.inOrder()) : Stream.empty());
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

  /** The sample that view {@code n} shows: each of them, in no order. */
  private static int sample(int n) {
    return n * 4 % SAMPLES;
  }

  private HostBatch onHost() {
    List<Sample> samples =
        IntStream.range(0, views.size()).mapToObj(n -> dataset.load(sample(n))).toList();
    HostBatch batch = HostBatch.allocate(samples, SIZE);
    for (int n = 0; n < views.size(); n++) {
      views.get(n).write(samples.get(n), batch, n);
    }
    return batch;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void allMapsAreTheSameBytes(Backend backend) {
    try (var _ = TensorScope.open();
        DeviceSamples samples = DeviceSamples.upload(dataset, backend)) {
      List<ImageView> onDevice =
          IntStream.range(0, views.size())
              .mapToObj(n -> samples.view(sample(n), views.get(n)))
              .toList();
      HostBatch host = onHost();
      try (Batch batch =
          Batch.upload(backend.memory(), new DeviceBatch(samples, host.ids(), onDevice))) {
        BatchBytes.assertEqual(host, batch);
      }
    }
  }
}
