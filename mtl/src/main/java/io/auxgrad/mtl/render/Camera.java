package io.auxgrad.mtl.render;

/**
 * A pinhole camera. Directions have the length that makes a ray's parameter the depth along the
 * optical axis.
 *
 * @param position its place in the world
 * @param right unit vector along the image's rows
 * @param down unit vector along the image's columns
 * @param forward unit vector along the optical axis
 * @param focal focal length, in image widths
 */
record Camera(Vec position, Vec right, Vec down, Vec forward, double focal) {
  /** The focal length of the camera of NYU Depth V2: 63 degrees across. */
  static final double KINECT = 518.86 / 640;

  /**
   * A camera that looks in a direction.
   *
   * @param yaw in radians, from x towards y
   * @param pitch in radians, upwards
   * @param roll in radians, the image's right side downwards
   */
  static Camera looking(Vec position, double yaw, double pitch, double roll, double focal) {
    double cosYaw = StrictMath.cos(yaw);
    double sinYaw = StrictMath.sin(yaw);
    double cosPitch = StrictMath.cos(pitch);
    double sinPitch = StrictMath.sin(pitch);
    Vec forward = new Vec(cosYaw * cosPitch, sinYaw * cosPitch, sinPitch);
    Vec level = new Vec(sinYaw, -cosYaw, 0);
    Vec below = forward.cross(level);
    double cos = StrictMath.cos(roll);
    double sin = StrictMath.sin(roll);
    return new Camera(
        position,
        level.times(cos).plus(below.times(sin)),
        below.times(cos).minus(level.times(sin)),
        forward,
        focal);
  }

  /** (right, down, forward) coordinates of a world point, seen from the camera. */
  Vec toCamera(Vec point) {
    return turned(point.minus(position));
  }

  /** (right, down, forward) coordinates of a world direction. */
  Vec turned(Vec direction) {
    return new Vec(direction.dot(right), direction.dot(down), direction.dot(forward));
  }
}
