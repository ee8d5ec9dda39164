package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.data.ImageFiles.Plane;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** One list of an NYUv2 folder. */
final class Nyuv2Split implements Dataset {
  private static final float MILLIMETRES = 1000;
  private static final float NORMAL_SCALE = 126;

  private final Path folder;
  private final String split;
  private final List<String> ids;
  private final ClassTable table;

  Nyuv2Split(Path folder, String split, List<String> ids, ClassTable table) {
    this.folder = folder;
    this.split = split;
    this.ids = ids;
    this.table = table;
  }

  List<String> ids() {
    return ids;
  }

  Stream<Path> files() {
    return ids.stream().flatMap(id -> Stream.of(rgb(id), label(id), depth(id), normal(id)));
  }

  @Override
  public String name() {
    return "nyuv2/" + split;
  }

  @Override
  public int size() {
    return ids.size();
  }

  @Override
  public String id(int index) {
    return ids.get(index);
  }

  @Override
  public Sample load(int index) {
    String id = ids.get(index);
    Sample photo = ImageFiles.readPhoto(rgb(id));
    return new Sample(
        id,
        photo.height(),
        photo.width(),
        photo.rgb(),
        classes(photo, id),
        depths(photo, id),
        normals(photo, id));
  }

  private Path rgb(String id) {
    return folder.resolve("rgb", id + ".jpg");
  }

  private Path label(String id) {
    return folder.resolve("label40", id + ".png");
  }

  private Path depth(String id) {
    return folder.resolve("depth", id + ".png");
  }

  private Path normal(String id) {
    return folder.resolve("normal", id + ".png");
  }

  private int[] classes(Sample photo, String id) {
    Path file = label(id);
    Plane labels = ImageFiles.readPlane(file, 8, "class ids");
    requireSize(file, labels, photo);
    int[] classes = new int[labels.values().length];
    for (int i = 0; i < classes.length; i++) {
      int value = labels.values()[i];
      classes[i] = table.classOf(value);
      if (classes[i] < -1) {
        throw new UserException(
            "%s has the label %d at pixel (%d,%d), which classes.csv does not list"
                .formatted(file, value, i % photo.width(), i / photo.width()));
      }
    }
    return classes;
  }

  private float[] depths(Sample photo, String id) {
    Path file = depth(id);
    Plane plane = ImageFiles.readPlane(file, 16, "depth in millimetres");
    requireSize(file, plane, photo);
    float[] depths = new float[plane.values().length];
    boolean valid = false;
    for (int i = 0; i < depths.length; i++) {
      depths[i] = plane.values()[i] / MILLIMETRES;
      valid |= depths[i] > 0;
    }
    if (!valid) {
      throw new UserException(
          file + " has no valid depth: every pixel is 0; take the image out of the lists");
    }
    return depths;
  }

  private float[] normals(Sample photo, String id) {
    Path file = normal(id);
    Plane plane = ImageFiles.readTriples(file, "surface normals");
    int factor = photo.width() / Math.max(1, plane.width());
    if (factor < 1
        || plane.width() * factor != photo.width()
        || plane.height() * factor != photo.height()) {
      throw new UserException(
          "%s is %dx%d, which is no whole fraction of its photo's %s (height x width)"
              .formatted(file, plane.height(), plane.width(), photo.size()));
    }
    float[] coarse = decode(plane.values());
    float[] normals = new float[3 * photo.size().pixels()];
    for (int y = 0; y < photo.height(); y++) {
      for (int x = 0; x < photo.width(); x++) {
        int source = 3 * (y / factor * plane.width() + x / factor);
        System.arraycopy(coarse, source, normals, 3 * (y * photo.width() + x), 3);
      }
    }
    return normals;
  }

  private static float[] decode(int[] codes) {
    float[] normals = new float[codes.length];
    for (int i = 0; i < codes.length; i += 3) {
      float x = codes[i] / NORMAL_SCALE - 1;
      float y = codes[i + 1] / NORMAL_SCALE - 1;
      float z = codes[i + 2] / NORMAL_SCALE - 1;
      float length = (float) Math.sqrt(x * x + y * y + z * z);
      if (length > 0) {
        normals[i] = x / length;
        normals[i + 1] = y / length;
        normals[i + 2] = z / length;
      }
    }
    return normals;
  }

  private static void requireSize(Path file, Plane plane, Sample photo) {
    if (plane.height() != photo.height() || plane.width() != photo.width()) {
      throw new UserException(
          "%s is %dx%d but its photo is %s (height x width)"
              .formatted(file, plane.height(), plane.width(), photo.size()));
    }
  }
}
