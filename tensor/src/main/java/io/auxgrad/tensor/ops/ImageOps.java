package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * From a data set's images and labels to batches of the network's size: each of the N images of a
 * batch is a {@linkplain ImageView view} of one of S source images, in any order. Images are taken
 * bilinearly, labels from the nearest pixel; what lies outside of the source is invalid.
 *
 * <p>Results are written to tensors that exist, and the views are a tensor: as the next batch needs
 * nothing but other numbers in it, the ops can be recorded and captured. They compute with each
 * sum, product, quotient and root rounded once, in the order written: every backend gives the same
 * bytes.
 */
public abstract class ImageOps {
  /** The class of pixels that count nowhere. */
  public static final int IGNORE = -1;

  /** The same in classes of uint8. */
  public static final int IGNORE_BYTE = 255;

  /** The first coordinate of an octahedral normal that is not there. */
  public static final short NO_NORMAL = Short.MIN_VALUE;

  private static final int OCTAHEDRAL_BYTES = 4;

  /** A map and a uint8 {@code [N,h,w]} that is 1 where it is valid and 0 elsewhere. */
  public record Masked(Tensor values, Tensor mask) {}

  /**
   * What a network is given: {@code (value / 255 - mean) / deviation} of the view's colours.
   * Outside of the source it is 0, the mean colour.
   *
   * @param rgb uint8 {@code [S,H,W,3]}
   * @param views of the N images, see {@link ImageView#toTensor}
   * @param mean of each channel, on a scale of 0..1
   * @param deviation of each channel, likewise; positive
   * @param y is written: {@code [N,h,w,3]}, float32 or bfloat16
   */
  public final void input(Tensor rgb, Tensor views, float[] mean, float[] deviation, Tensor y) {
    String op = "network input";
    Checks.dtype(op, "image", rgb, DType.UINT8);
    Checks.rank(op, "image", rgb, 4);
    checkChannels(op, "image", rgb, 3);
    Checks.activation(op, "result", y);
    Checks.rank(op, "result", y, 4);
    checkChannels(op, "result", y, 3);
    checkViews(op, views, y);
    Checks.require(
        mean.length == 3 && deviation.length == 3,
        op,
        "mean and deviation have %d and %d channels, expected 3",
        mean.length,
        deviation.length);
    for (float d : deviation) {
      Checks.require(d > 0, op, "deviation %s must be positive", d);
    }
    Launch.run("image.input", () -> runInput(rgb, views, mean, deviation, y), rgb, views, y);
    y.modified();
  }

  /**
   * Classes of pixels, {@link #IGNORE} outside of the source.
   *
   * @param classes {@code [S,H,W]}, int32, or uint8 where {@link #IGNORE_BYTE} stands for {@link
   *     #IGNORE}
   * @param views of the N images
   * @param y is written: int32 {@code [N,h,w]}
   */
  public final void classes(Tensor classes, Tensor views, Tensor y) {
    String op = "class labels";
    Checks.require(
        classes.dtype() == DType.INT32 || classes.dtype() == DType.UINT8,
        op,
        "classes are %s, expected INT32 or UINT8",
        classes.dtype());
    Checks.rank(op, "classes", classes, 3);
    Checks.dtype(op, "result", y, DType.INT32);
    Checks.rank(op, "result", y, 3);
    checkViews(op, views, y);
    Launch.run("image.classes", () -> runClasses(classes, views, y), classes, views, y);
    y.modified();
  }

  /**
   * Depth, divided by the view's scale, as if the camera had come nearer. Valid where it is
   * positive; 0 elsewhere.
   *
   * @param depth float32 {@code [S,H,W]}
   * @param views of the N images
   * @param y is written: values float32 {@code [N,h,w,1]}
   */
  public final void depth(Tensor depth, Tensor views, Masked y) {
    String op = "depth labels";
    Checks.floating(op, "depth", depth);
    Checks.rank(op, "depth", depth, 3);
    checkMasked(op, views, y, 1);
    Launch.run("image.depth", () -> runDepth(depth, views, y), depth, views, y.values(), y.mask());
    modified(y);
  }

  /**
   * Normals {@code (x, y, z)}: {@code x} changes its sign under a flip, and {@code z} is multiplied
   * by the view's scale before the length is made 1 again, for depth divided by the scale squeezes
   * the scene along {@code z}. At scale 1 the length stays. Valid where one is not zero; (0,0,0)
   * elsewhere.
   *
   * @param normals in the camera frame: float32 {@code [S,H,W,3]}; or uint8 {@code [S,H,W,4]}, the
   *     bytes of two signed 16-bit numbers {@code u, v} in native order, the octahedral map of
   *     Meyer et al. ("On floating-point normal vectors", 2010) in units of 1/32767, with {@code u}
   *     = {@link #NO_NORMAL} for none
   * @param views of the N images
   * @param y is written: values float32 {@code [N,h,w,3]}
   */
  public final void normals(Tensor normals, Tensor views, Masked y) {
    String op = "normals labels";
    Checks.rank(op, "normals", normals, 4);
    if (normals.dtype() == DType.UINT8) {
      checkChannels(op, "normals", normals, OCTAHEDRAL_BYTES);
    } else {
      Checks.floating(op, "normals", normals);
      checkChannels(op, "normals", normals, 3);
    }
    checkMasked(op, views, y, 3);
    Launch.run(
        "image.normals", () -> runNormals(normals, views, y), normals, views, y.values(), y.mask());
    modified(y);
  }

  private static void modified(Masked y) {
    y.values().modified();
    y.mask().modified();
  }

  private static void checkChannels(String op, String name, Tensor t, int channels) {
    Checks.require(
        t.shape().dim(3) == channels, op, "%s %s must have %d channels", name, t.shape(), channels);
  }

  private static void checkMasked(String op, Tensor views, Masked y, int channels) {
    Checks.floating(op, "result", y.values());
    Checks.rank(op, "result", y.values(), 4);
    checkChannels(op, "result", y.values(), channels);
    Checks.dtype(op, "mask", y.mask(), DType.UINT8);
    Shape shape = y.values().shape();
    Checks.shape(op, "mask", y.mask(), Shape.of(shape.dim(0), shape.dim(1), shape.dim(2)));
    checkViews(op, views, y.values());
  }

  private static void checkViews(String op, Tensor views, Tensor y) {
    Checks.floating(op, "views", views);
    int n = y.shape().dim(0);
    int height = y.shape().dim(1);
    int width = y.shape().dim(2);
    Checks.shape(op, "views", views, Shape.of(n, ImageView.NUMBERS));
    Checks.require(
        (long) n * height * width <= Integer.MAX_VALUE,
        op,
        "%d images of %dx%d are more than 2^31 pixels: make the batch smaller",
        n,
        height,
        width);
  }

  /** Writes {@code y}. */
  protected abstract void runInput(
      Tensor rgb, Tensor views, float[] mean, float[] deviation, Tensor y);

  /** Writes {@code y}. */
  protected abstract void runClasses(Tensor classes, Tensor views, Tensor y);

  /** Writes both maps of {@code y}. */
  protected abstract void runDepth(Tensor depth, Tensor views, Masked y);

  /** Writes both maps of {@code y}. */
  protected abstract void runNormals(Tensor normals, Tensor views, Masked y);
}
