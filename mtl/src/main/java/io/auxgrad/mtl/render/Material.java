package io.auxgrad.mtl.render;

/**
 * What a surface is and looks like.
 *
 * @param what its class
 * @param texture its albedo
 * @param gloss strength of its highlights, 0 = matt
 * @param glow light it gives off, as a multiple of its albedo
 */
record Material(RoomClass what, Texture texture, double gloss, double glow) {
  static Material matt(RoomClass what, Texture texture) {
    return new Material(what, texture, 0, 0);
  }

  static Material glossy(RoomClass what, Texture texture) {
    return new Material(what, texture, 0.25, 0);
  }

  static Material glowing(RoomClass what, Texture texture, double glow) {
    return new Material(what, texture, 0, glow);
  }
}
