package io.auxgrad.mtl.render;

/**
 * A round source of light.
 *
 * @param position its middle
 * @param radius its extent, which softens shadows
 * @param colour its strength, as irradiance at one metre
 */
record Light(Vec position, double radius, Colour colour) {}
