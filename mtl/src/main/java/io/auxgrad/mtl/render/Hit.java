package io.auxgrad.mtl.render;

/** Which part of an item, and which face of it, a ray met; reused. */
final class Hit {
  int part;
  int face;
}
