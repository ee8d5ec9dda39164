package io.auxgrad.mtl.config;

import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.data.Residency;

/**
 * Images and labels.
 *
 * @param source where they come from
 * @param folder of the data set; null for rooms, which are rendered
 * @param size of the network's input, {@code HEIGHTxWIDTH}
 * @param classes number of classes: 13 or 39 for nyuv2; rooms have their own number and ignore it
 * @param rooms how many rooms are rendered
 * @param loaders threads that prepare batches ahead of the step
 * @param memory where samples are kept, and batches made of them; changes no result
 */
public record DataConfig(
    Source source,
    String folder,
    ImageSize size,
    int classes,
    Rooms rooms,
    int loaders,
    Residency memory) {
  /** Where images come from. */
  public enum Source {
    /** Rendered on the fly, with exact labels. */
    ROOMS,
    /** A folder in the compact NYUv2 layout. */
    NYUV2
  }

  /**
   * Number of rendered rooms per split.
   *
   * @param seed of the rooms; another one than the run's, so that seeds are compared on the same
   *     images
   * @param train to learn from
   * @param validation to select on
   * @param test to report on
   */
  public record Rooms(long seed, int train, int validation, int test) {
    /** Checks the range. */
    public Rooms {
      Require.between("data.rooms.train", train, 1, 10_000_000);
      Require.between("data.rooms.validation", validation, 1, 10_000_000);
      Require.between("data.rooms.test", test, 1, 10_000_000);
    }
  }

  /** Checks the range. */
  public DataConfig {
    Require.between("data.size", size.height(), 32, 4096);
    Require.between("data.size", size.width(), 32, 4096);
    Require.between("data.loaders", loaders, 1, 256);
    if (classes != 13 && classes != 39) {
      throw new ConfigException("data.classes", "is " + classes + "; nyuv2 has 13 or 39");
    }
    if (source == Source.ROOMS && folder != null) {
      throw new ConfigException(
          "data.folder",
          "is set but rooms are rendered, not read; a folder goes with data.source=nyuv2");
    }
    if (source == Source.NYUV2 && folder == null) {
      throw new ConfigException(
          "data.folder", "is missing: say where the nyuv2 folder is with --data DIR");
    }
  }
}
