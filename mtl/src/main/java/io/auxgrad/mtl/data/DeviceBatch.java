package io.auxgrad.mtl.data;

import io.auxgrad.tensor.ops.ImageView;
import java.util.List;

/**
 * A batch that is gathered on the device.
 *
 * @param samples of the data set, there
 * @param ids names of the images
 * @param views what the images show of them
 */
record DeviceBatch(DeviceSamples samples, List<String> ids, List<ImageView> views)
    implements BatchContent {
  @Override
  public Batch.Layout layout() {
    return samples.layout(ids.size());
  }
}
