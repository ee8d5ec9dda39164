package io.auxgrad.mtl.data;

import io.auxgrad.tensor.ops.ImageView;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** The batches of an epoch whose samples are on the device: what is left to do is to draw views. */
final class DeviceLoader implements BatchSource {
  private final DeviceSamples samples;
  private final EpochPlan plan;
  private int position;

  DeviceLoader(DeviceSamples samples, EpochPlan plan, int firstBatch) {
    this.samples = samples;
    this.plan = plan;
    position = firstBatch;
  }

  @Override
  public int batches() {
    return plan.batches();
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    return position < plan.batches();
  }

  @Override
  public DeviceBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the epoch has " + plan.batches() + " batches");
    }
    List<String> ids = new ArrayList<>();
    List<ImageView> views = new ArrayList<>();
    for (int index : plan.indices(position++)) {
      ids.add(samples.id(index));
      views.add(samples.view(index, plan.view(index)));
    }
    return new DeviceBatch(samples, ids, views);
  }

  @Override
  public void close() {}
}
