package io.auxgrad.mtl.render;

import io.auxgrad.mtl.data.Dataset;
import io.auxgrad.mtl.data.Sample;
import io.auxgrad.mtl.data.Splits;
import io.auxgrad.tensor.Philox;

/**
 * Furnished rooms that are invented and ray-cast, with exact classes, depth and normals: a data set
 * without files. A seed gives the same bytes on every machine; image i does not depend on how many
 * there are.
 */
public final class RenderedRooms {
  /** Which part of the data set, as a distinct range of random streams. */
  private enum Part {
    TRAIN("train"),
    VALIDATION("val"),
    TEST("test");

    private final String label;

    Part(String label) {
      this.label = label;
    }
  }

  private static final long DOMAIN = 0x726f6f6d73303031L;

  private RenderedRooms() {}

  /**
   * Splits whose samples are rendered each time they are loaded (some 10 ms for 120x160); {@link
   * Splits#cached} keeps them.
   *
   * @param seed another seed gives other rooms
   * @param height rows of the images
   * @param width columns of the images
   * @param train number of images to train on
   * @param validation number of images to select on
   * @param test number of images to report on
   */
  public static Splits splits(
      long seed, int height, int width, int train, int validation, int test) {
    return new Splits(
        "rooms",
        RoomClass.names(),
        dataset(seed, height, width, Part.TRAIN, train),
        dataset(seed, height, width, Part.VALIDATION, validation),
        dataset(seed, height, width, Part.TEST, test));
  }

  private static Dataset dataset(long seed, int height, int width, Part part, int size) {
    return new Dataset() {
      @Override
      public String name() {
        return "rooms/" + part.label;
      }

      @Override
      public int size() {
        return size;
      }

      @Override
      public String id(int index) {
        return "%s-%05d".formatted(part.label, index);
      }

      @Override
      public Sample load(int index) {
        Philox random = new Philox(seed ^ DOMAIN, stream(part, index));
        return Renderer.render(id(index), RoomDesigner.design(random), height, width);
      }
    };
  }

  @SuppressWarnings("EnumOrdinal") // the order of the parts is part of the data set
  private static long stream(Part part, int index) {
    return (long) part.ordinal() << 32 | index;
  }
}
