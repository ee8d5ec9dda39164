package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.AugmentConfig;
import io.auxgrad.mtl.config.DataConfig;
import io.auxgrad.mtl.data.Augmentation;
import io.auxgrad.mtl.data.Nyuv2;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.mtl.render.RenderedRooms;
import java.nio.file.Path;

/** Opens the data that a configuration names. */
public final class DataSource {
  private DataSource() {}

  /** The three splits at the configured size, kept in memory as far as they fit. */
  public static Splits open(DataConfig data) {
    return source(data).cached(data.size());
  }

  static Augmentation augmentation(AugmentConfig augment) {
    return new Augmentation(
        (float) augment.scaleMin(),
        (float) augment.scaleMax(),
        (float) augment.flip(),
        (float) augment.brightness(),
        (float) augment.contrast(),
        (float) augment.saturation(),
        (float) augment.hue());
  }

  private static Splits source(DataConfig data) {
    return switch (data.source()) {
      case NYUV2 -> Nyuv2.open(Path.of(data.folder()), data.classes());
      case ROOMS -> {
        DataConfig.Rooms rooms = data.rooms();
        yield RenderedRooms.splits(
            rooms.seed(),
            data.size().height(),
            data.size().width(),
            rooms.train(),
            rooms.validation(),
            rooms.test());
      }
    };
  }
}
