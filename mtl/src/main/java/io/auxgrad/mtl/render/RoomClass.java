package io.auxgrad.mtl.render;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a pixel of a rendered room shows. Numbered in this order. */
enum RoomClass {
  WALL,
  FLOOR,
  CEILING,
  WINDOW,
  DOOR,
  PICTURE,
  RUG,
  TABLE,
  CHAIR,
  SOFA,
  BED,
  CABINET,
  OBJECT;

  @SuppressWarnings("EnumOrdinal") // the order above is the numbering
  int id() {
    return ordinal();
  }

  /** Names of the classes in lower case, by id. */
  static List<String> names() {
    return Arrays.stream(values()).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
  }
}
