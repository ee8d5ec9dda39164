package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import java.util.List;

/**
 * What one image of a batch shows, as {@link ImageOps} take it: a window of a source image, at some
 * size, mirrored or not, in changed colours.
 *
 * <p>Output pixel {@code (x, y)} shows the point {@code (left + (x + 0.5) / scale, top + (y + 0.5)
 * / scale)} of the source, whose pixels are squares of side 1; under {@code flip} its column is
 * counted from the right. These positions are computed in float32, as written here, so that every
 * backend takes the same pixels.
 *
 * @param image which of the source images, from 0; nothing is seen of one that is not there
 * @param scale output pixels per source pixel, positive
 * @param left the window's left edge in source pixels; what lies outside of the source is empty
 * @param top its upper edge
 * @param flip whether left and right of the window are exchanged
 * @param colours the affine map of (red, green, blue, 1), values 0..255: three rows of four; its
 *     results are held within 0..255
 */
@SuppressWarnings("ArrayRecordComponent") // settings, compared by nobody
public record ImageView(
    int image, float scale, float left, float top, boolean flip, float[] colours) {
  /** Numbers of a view in a tensor. */
  public static final int NUMBERS = 16;

  private static final int COLOURS = 12;

  /** Up to here float32 holds every whole number. */
  private static final int MAX_IMAGE = 1 << 24;

  /** Checks the ranges. */
  public ImageView {
    if (image < 0 || image > MAX_IMAGE) {
      throw new TensorException(
          "image view: image %d is outside of 0..%d".formatted(image, MAX_IMAGE));
    }
    if (!(scale > 0 && Float.isFinite(scale) && Float.isFinite(left) && Float.isFinite(top))) {
      throw new TensorException(
          "image view: scale %s must be positive, left %s and top %s finite"
              .formatted(scale, left, top));
    }
    if (colours.length != COLOURS) {
      throw new TensorException(
          "image view: colours have %d numbers, expected 3 rows of 4".formatted(colours.length));
    }
  }

  /** The colours as they are. */
  public static float[] sameColours() {
    return new float[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  }

  /** All of source image {@code image} as it is. */
  public static ImageView whole(int image) {
    return new ImageView(image, 1, 0, 0, false, sameColours());
  }

  /** The views of a batch, as ops take them: float32 {@code [N,}{@link #NUMBERS}{@code ]}. */
  public static Tensor toTensor(DeviceMemory memory, List<ImageView> views) {
    Tensor tensor = Tensor.empty(memory, DType.FLOAT32, Shape.of(views.size(), NUMBERS));
    return tensor.set(numbers(views));
  }

  /**
   * What {@link #toTensor} puts into a tensor, for one that exists: in each row the image, the
   * scale (negative for a flip), left, top and the colours.
   */
  public static float[] numbers(List<ImageView> views) {
    float[] all = new float[views.size() * NUMBERS];
    for (int n = 0; n < views.size(); n++) {
      ImageView view = views.get(n);
      int at = n * NUMBERS;
      all[at] = view.image;
      all[at + 1] = view.flip ? -view.scale : view.scale;
      all[at + 2] = view.left;
      all[at + 3] = view.top;
      System.arraycopy(view.colours, 0, all, at + 4, COLOURS);
    }
    return all;
  }
}
