package io.auxgrad.mtl.predict;

import io.auxgrad.mtl.UserException;
import io.auxgrad.nn.state.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** An RGB picture to draw on. Colours are {@code 0xRRGGBB}; what lies outside is not drawn. */
public final class Picture {
  private final int width;
  private final int height;
  private final int[] pixels;

  /** A picture in one colour. */
  public Picture(int width, int height, int colour) {
    this.width = width;
    this.height = height;
    this.pixels = new int[Math.multiplyExact(width, height)];
    Arrays.fill(pixels, colour);
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** The colour at column x, row y. */
  public int at(int x, int y) {
    return pixels[y * width + x];
  }

  /** Sets the colour at column x, row y. */
  public void set(int x, int y, int colour) {
    if (x >= 0 && x < width && y >= 0 && y < height) {
      pixels[y * width + x] = colour;
    }
  }

  /** Fills a rectangle. */
  public void fill(int left, int top, int columns, int rows, int colour) {
    for (int y = top; y < top + rows; y++) {
      for (int x = left; x < left + columns; x++) {
        set(x, y, colour);
      }
    }
  }

  /**
   * Copies {@code other} to (left,top), each pixel {@code scale} times {@code scale} pixels large.
   */
  public void draw(Picture other, int left, int top, int scale) {
    for (int y = 0; y < scale * other.height; y++) {
      for (int x = 0; x < scale * other.width; x++) {
        set(left + x, top + y, other.at(x / scale, y / scale));
      }
    }
  }

  /** Writes a line of text with its upper left corner at (left,top). */
  public void text(String text, int left, int top, int scale, int colour) {
    BitmapFont.draw(this, text, left, top, scale, colour);
  }

  /**
   * Writes a PNG file, whole or not at all.
   *
   * @throws UserException if that fails; the message names the file
   */
  public void write(Path file) {
    try {
      byte[] png = encode();
      AtomicFile.write(
          file,
          channel -> {
            ByteBuffer bytes = ByteBuffer.wrap(png);
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
    } catch (IOException e) {
      throw new UserException("picture " + file + ": " + e.getMessage(), e);
    }
  }

  private byte[] encode() throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, pixels, 0, width);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", stream);
    }
    return bytes.toByteArray();
  }
}
