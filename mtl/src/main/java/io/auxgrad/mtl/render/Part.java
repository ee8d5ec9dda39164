package io.auxgrad.mtl.render;

import java.util.List;

/**
 * A solid with what it is made of.
 *
 * @param materials one for each face; the last one is for all further faces too
 */
record Part(Solid solid, List<Material> materials) {
  Part(Solid solid, Material material) {
    this(solid, List.of(material));
  }

  Material material(int face) {
    return materials.get(Math.min(face, materials.size() - 1));
  }
}
