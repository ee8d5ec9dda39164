package io.auxgrad.mtl.render;

import java.util.List;

/**
 * A piece of furniture before it has its place. Its frame: x along the wall behind it from -width/2
 * to width/2, y away from that wall from 0 to depth, z up from the floor.
 *
 * @param castsShadow false for flat things and sources of light
 */
record Piece(List<Part> parts, double width, double depth, boolean castsShadow) {
  Piece(List<Part> parts, double width, double depth) {
    this(parts, width, depth, true);
  }

  /** The piece with its back's middle at (x,y,z), turned by {@code yaw}. */
  Item at(double x, double y, double z, double yaw) {
    return new Item(parts, x, y, z, yaw, castsShadow);
  }
}
