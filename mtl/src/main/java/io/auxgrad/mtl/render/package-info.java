/**
 * Procedural rooms: ray-cast images with exact classes, depth and normals, the same bytes on every
 * machine. All arithmetic is plain double precision with StrictMath for transcendental functions.
 */
package io.auxgrad.mtl.render;
