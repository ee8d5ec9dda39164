package io.auxgrad.mtl.data;

import java.util.List;

/** What a {@link Batch} takes to a device: pixels, or what is needed to gather them there. */
public sealed interface BatchContent permits HostBatch, DeviceBatch {
  /** Names of the images. */
  List<String> ids();

  /** Sizes, and which maps there are. */
  Batch.Layout layout();

  /** Number of images. */
  default int count() {
    return ids().size();
  }
}
