package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Images and labels as they come from a data set, to batches of the network's size: each image in a
 * {@linkplain ImageView view} of its own. Images are taken bilinearly, labels from the nearest
 * pixel; what lies outside of the source is invalid.
 */
public abstract class ImageOps {
  /** The class of pixels that count nowhere. */
  public static final int IGNORE = -1;

  /** The same in classes of uint8. */
  public static final int IGNORE_BYTE = 255;

  /** A map and a uint8 {@code [N,h,w]} that is 1 where it is valid and 0 elsewhere. */
  public record Masked(Tensor values, Tensor mask) {}

  /**
   * What a network is given: {@code (value / 255 - mean) / deviation} of the view's colours.
   * Outside of the source it is 0, the mean colour.
   *
   * @param rgb uint8 {@code [N,H,W,3]}
   * @param views of the N images, see {@link ImageView#toTensor}
   * @param mean of each channel, on a scale of 0..1
   * @param deviation of each channel, likewise; positive
   * @param height of the result
   * @param width of the result
   * @param type of the result: float32 or bfloat16
   * @return {@code [N,height,width,3]}
   */
  public final Tensor input(
      Tensor rgb,
      Tensor views,
      float[] mean,
      float[] deviation,
      int height,
      int width,
      DType type) {
    String op = "network input";
    Checks.dtype(op, "image", rgb, DType.UINT8);
    Checks.rank(op, "image", rgb, 4);
    checkVectors(op, "image", rgb);
    checkViews(op, rgb, views, height, width);
    Checks.activation(op, "result", type);
    Checks.require(
        mean.length == 3 && deviation.length == 3,
        op,
        "mean and deviation have %d and %d channels, expected 3",
        mean.length,
        deviation.length);
    for (float d : deviation) {
      Checks.require(d > 0, op, "deviation %s must be positive", d);
    }
    Tensor y = Tensor.empty(rgb.memory(), type, Shape.of(rgb.shape().dim(0), height, width, 3));
    Launch.run("image.input", () -> runInput(rgb, views, mean, deviation, y), rgb, views, y);
    return y;
  }

  /**
   * Classes of pixels, {@link #IGNORE} outside of the source.
   *
   * @param classes {@code [N,H,W]}, int32, or uint8 where {@link #IGNORE_BYTE} stands for {@link
   *     #IGNORE}
   * @param views of the N images
   * @param height of the result
   * @param width of the result
   * @return int32 {@code [N,height,width]}
   */
  public final Tensor classes(Tensor classes, Tensor views, int height, int width) {
    String op = "class labels";
    Checks.require(
        classes.dtype() == DType.INT32 || classes.dtype() == DType.UINT8,
        op,
        "classes are %s, expected INT32 or UINT8",
        classes.dtype());
    Checks.rank(op, "classes", classes, 3);
    checkViews(op, classes, views, height, width);
    Tensor y =
        Tensor.empty(
            classes.memory(), DType.INT32, Shape.of(classes.shape().dim(0), height, width));
    Launch.run("image.classes", () -> runClasses(classes, views, y), classes, views, y);
    return y;
  }

  /**
   * Depth, divided by the view's scale, as if the camera had come nearer. Valid where it is
   * positive; 0 elsewhere.
   *
   * @param depth float32 {@code [N,H,W]}
   * @param views of the N images
   * @param height of the result
   * @param width of the result
   * @return values {@code [N,height,width,1]}
   */
  public final Masked depth(Tensor depth, Tensor views, int height, int width) {
    String op = "depth labels";
    Checks.floating(op, "depth", depth);
    Checks.rank(op, "depth", depth, 3);
    checkViews(op, depth, views, height, width);
    Masked y = masked(depth, height, width, 1);
    Launch.run("image.depth", () -> runDepth(depth, views, y), depth, views, y.values(), y.mask());
    return y;
  }

  /**
   * Normals {@code (x, y, z)}: {@code x} changes its sign under a flip, and {@code z} is multiplied
   * by the view's scale before the length is made 1 again, for depth divided by the scale squeezes
   * the scene along {@code z}. At scale 1 the length stays. Valid where one is not zero; (0,0,0)
   * elsewhere.
   *
   * @param normals float32 {@code [N,H,W,3]} in the camera frame
   * @param views of the N images
   * @param height of the result
   * @param width of the result
   * @return values {@code [N,height,width,3]}
   */
  public final Masked normals(Tensor normals, Tensor views, int height, int width) {
    String op = "normals labels";
    Checks.image(op, "normals", normals);
    checkVectors(op, "normals", normals);
    checkViews(op, normals, views, height, width);
    Masked y = masked(normals, height, width, 3);
    Launch.run(
        "image.normals", () -> runNormals(normals, views, y), normals, views, y.values(), y.mask());
    return y;
  }

  private static Masked masked(Tensor source, int height, int width, int channels) {
    int n = source.shape().dim(0);
    return new Masked(
        Tensor.empty(source.memory(), DType.FLOAT32, Shape.of(n, height, width, channels)),
        Tensor.empty(source.memory(), DType.UINT8, Shape.of(n, height, width)));
  }

  private static void checkVectors(String op, String name, Tensor t) {
    Checks.require(t.shape().dim(3) == 3, op, "%s %s must have 3 channels", name, t.shape());
  }

  private static void checkViews(String op, Tensor source, Tensor views, int height, int width) {
    Checks.floating(op, "views", views);
    int n = source.shape().dim(0);
    Checks.shape(op, "views", views, Shape.of(n, ImageView.NUMBERS));
    Checks.require(height > 0 && width > 0, op, "size %dx%d must be positive", height, width);
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
