package io.auxgrad.mtl.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A small folder in the NYUv2 layout with pixels of our own, to be read and to be spoilt. */
final class Nyuv2Folder {
  static final int HEIGHT = 6;
  static final int WIDTH = 8;

  final Path path;

  /** Writes images a, b (train), c (val) and d (test). */
  Nyuv2Folder(Path path) {
    this.path = path;
    try {
      for (String folder : new String[] {"rgb", "label40", "depth", "normal"}) {
        Files.createDirectories(path.resolve(folder));
      }
      Files.writeString(path.resolve("classes.csv"), classes());
      Files.writeString(path.resolve("train.txt"), "a\nb\n");
      Files.writeString(path.resolve("val.txt"), "c\n");
      Files.writeString(path.resolve("test.txt"), "d\n\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String id : new String[] {"a", "b", "c", "d"}) {
      rgb(id, WIDTH, HEIGHT);
      label(id, WIDTH, HEIGHT, 0);
      depth(id, WIDTH, HEIGHT, 1000);
      normal(id, WIDTH / 2, HEIGHT / 2);
    }
  }

  /** One class of 13 for every three of 39; 40 is void in the coarse classes' stead. */
  static String classes() {
    StringBuilder text = new StringBuilder("id40,name40,id13,name13\n0,void,0,void\n");
    for (int id = 1; id <= 40; id++) {
      int coarse = id == 40 ? 7 : (id + 2) / 3;
      text.append("%d,fine%d,%d,coarse%d%n".formatted(id, id, coarse, coarse));
    }
    return text.toString();
  }

  void rgb(String id, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, 0x804020);
    }
    write(image, "jpg", path.resolve("rgb", id + ".jpg"));
  }

  /** Pixel (x,y) has the label {@code first + x}. */
  void label(String id, int width, int height, int first) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    fill(image, (x, y) -> new int[] {first + x});
    write(image, "png", path.resolve("label40", id + ".png"));
  }

  /** Pixel (x,y) has the depth {@code millimetres * (1 + y)}. */
  void depth(String id, int width, int height, int millimetres) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_USHORT_GRAY);
    fill(image, (x, y) -> new int[] {millimetres * (1 + y)});
    write(image, "png", path.resolve("depth", id + ".png"));
  }

  /** Normals to the camera, but to the left in column 1. */
  void normal(String id, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    fill(image, (x, y) -> x == 1 ? new int[] {0, 126, 126} : new int[] {126, 126, 0});
    write(image, "png", path.resolve("normal", id + ".png"));
  }

  void text(String file, String content) {
    try {
      Files.writeString(path.resolve(file), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String file) {
    try {
      Files.delete(path.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void truncate(String file, int bytes) {
    try {
      byte[] all = Files.readAllBytes(path.resolve(file));
      Files.write(path.resolve(file), java.util.Arrays.copyOf(all, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Pixel {
    int[] at(int x, int y);
  }

  private static void fill(BufferedImage image, Pixel pixel) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        image.getRaster().setPixel(x, y, pixel.at(x, y));
      }
    }
  }

  static void write(BufferedImage image, String format, Path file) {
    try {
      ImageIO.write(image, format, file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
