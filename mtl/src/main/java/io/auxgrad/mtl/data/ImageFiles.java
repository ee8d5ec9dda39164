package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads image files as plain arrays of sample values. Thread-safe. */
public final class ImageFiles {
  private static final int MAX_PIXELS = 50_000_000;

  private ImageFiles() {}

  /**
   * A photo, without labels; its id is the file's name without the ending.
   *
   * @param file PNG, JPEG, GIF or BMP with 8 bits per channel, colour or gray; transparency is
   *     ignored
   * @throws UserException if the file is missing, broken, or something else than such an image
   */
  public static Sample readPhoto(Path file) {
    BufferedImage image = read(file);
    ImageSize size = new ImageSize(image.getHeight(), image.getWidth());
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return Sample.unlabelled(dot > 0 ? name.substring(0, dot) : name, size, rgb(file, image));
  }

  /** The raw samples of a single-band PNG of {@code bits} bits, row-major. */
  static Plane readPlane(Path file, int bits, String meaning) {
    Raster raster = read(file).getRaster();
    requireBands(file, raster, 1, bits, bits + "-bit gray PNG (" + meaning + ")");
    int[] values = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, (int[]) null);
    return new Plane(raster.getHeight(), raster.getWidth(), values);
  }

  /** The raw samples of an 8-bit RGB image, {@code [H,W,3]}. */
  static Plane readTriples(Path file, String meaning) {
    Raster raster = read(file).getRaster();
    requireBands(file, raster, 3, 8, "8-bit RGB PNG (" + meaning + ")");
    int[] values = raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
    return new Plane(raster.getHeight(), raster.getWidth(), values);
  }

  /** Sample values as they stand in the file; {@code values} has one or three per pixel. */
  @SuppressWarnings("ArrayRecordComponent")
  record Plane(int height, int width, int[] values) {}

  private static void requireBands(Path file, Raster raster, int bands, int bits, String expected) {
    int actualBits = raster.getSampleModel().getSampleSize(0);
    if (raster.getNumBands() != bands || actualBits != bits) {
      throw new UserException(
          "%s has %d channel(s) of %d bits, expected is a %s"
              .formatted(file, raster.getNumBands(), actualBits, expected));
    }
  }

  private static byte[] rgb(Path file, BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[3 * width * height];
    if (image.getColorModel() instanceof IndexColorModel) {
      int[] argb = image.getRGB(0, 0, width, height, null, 0, width);
      for (int i = 0; i < argb.length; i++) {
        rgb[3 * i] = (byte) (argb[i] >> 16);
        rgb[3 * i + 1] = (byte) (argb[i] >> 8);
        rgb[3 * i + 2] = (byte) argb[i];
      }
      return rgb;
    }
    // Not getRGB(), which applies a gamma to gray images.
    WritableRaster raster = image.getRaster();
    int bands = raster.getNumBands();
    if (raster.getSampleModel().getSampleSize(0) != 8 || bands > 4) {
      throw new UserException(
          "%s has %d channel(s) of %d bits, expected are 8 bits per channel: convert it to an 8-bit PNG or JPEG"
              .formatted(file, bands, raster.getSampleModel().getSampleSize(0)));
    }
    boolean colour = bands >= 3;
    for (int c = 0; c < 3; c++) {
      int[] band = raster.getSamples(0, 0, width, height, colour ? c : 0, (int[]) null);
      for (int i = 0; i < band.length; i++) {
        rgb[3 * i + c] = (byte) band[i];
      }
    }
    return rgb;
  }

  private static BufferedImage read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UserException("image " + file + " does not exist", e);
    } catch (IOException e) {
      throw new UserException("image " + file + " cannot be read: " + e.getMessage(), e);
    }
    // A stream in memory: ImageIO would otherwise cache files in a temporary folder.
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new UserException(
            file + " is no image of a known format: PNG, JPEG, GIF and BMP are read");
      }
      return decode(file, readers.next(), stream);
    } catch (IOException e) {
      throw new UserException("image " + file + " is broken: " + e.getMessage(), e);
    }
  }

  private static BufferedImage decode(Path file, ImageReader reader, ImageInputStream stream)
      throws IOException {
    // The JPEG reader fills up what a broken file lacks, and says so in a warning only.
    AtomicReference<String> damage = new AtomicReference<>();
    reader.addIIOReadWarningListener((source, warning) -> {
      if (warning.contains("Premature end") || warning.contains("Corrupt JPEG")) {
        damage.set(warning);
      }
    });
    try {
      reader.setInput(stream, true, true);
      requireSensible(file, reader.getWidth(0), reader.getHeight(0));
      BufferedImage image = reader.read(0);
      if (damage.get() != null) {
        throw new UserException("image " + file + " is broken: " + damage.get());
      }
      return image;
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new UserException("image " + file + " is broken: " + e.getMessage(), e);
    } finally {
      reader.dispose();
    }
  }

  // A damaged header may ask for all memory there is.
  private static void requireSensible(Path file, int width, int height) {
    if ((long) width * height > MAX_PIXELS) {
      throw new UserException(
          "image %s claims to be %dx%d (height x width), at most %d million pixels are read"
              .formatted(file, height, width, MAX_PIXELS / 1_000_000));
    }
  }
}
