package io.auxgrad.mtl.render;

import java.util.List;

/**
 * A room to be rendered.
 *
 * @param items what there is to see; the first is the room's shell
 * @param lights where light comes from
 * @param ambient light that comes from everywhere
 * @param camera the eye
 * @param film how light becomes bytes
 */
record Scene(List<Item> items, List<Light> lights, Colour ambient, Camera camera, Film film) {}
