package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import java.util.List;

/**
 * How one image of a batch is looked at by {@link ImageOps}: a window of it, at some size, mirrored
 * or not, in changed colours.
 *
 * <p>Output pixel {@code (x, y)} shows the point {@code (left + (x + 0.5) / scale, top + (y + 0.5)
 * / scale)} of the source, whose pixels are squares of side 1; under {@code flip} its column is
 * counted from the right. These positions are computed in float32, as written here, so that every
 * backend takes the same pixels.
 *
 * @param scale output pixels per source pixel, positive
 * @param left the window's left edge in source pixels; what lies outside of the source is empty
 * @param top its upper edge
 * @param flip whether left and right of the window are exchanged
 * @param colours the affine map of (red, green, blue, 1), values 0..255: three rows of four; its
 *     results are held within 0..255
 */
@SuppressWarnings("ArrayRecordComponent") // settings, compared by nobody
public record ImageView(float scale, float left, float top, boolean flip, float[] colours) {
  /** Numbers of a view in a tensor. */
  public static final int NUMBERS = 16;

  private static final int COLOURS = 12;

  /** Checks the ranges. */
  public ImageView {
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

  /** The whole image as it is. */
  public static ImageView whole() {
    return new ImageView(1, 0, 0, false, sameColours());
  }

  /**
   * The views of a batch, as ops take them: float32 {@code [N,}{@link #NUMBERS}{@code ]}, in each
   * row scale, left, top, 1 for a flip and 0 for none, and the colours.
   */
  public static Tensor toTensor(DeviceMemory memory, List<ImageView> views) {
    Tensor tensor = Tensor.empty(memory, DType.FLOAT32, Shape.of(views.size(), NUMBERS));
    return tensor.set(numbers(views));
  }

  private static float[] numbers(List<ImageView> views) {
    float[] all = new float[views.size() * NUMBERS];
    for (int n = 0; n < views.size(); n++) {
      ImageView view = views.get(n);
      int at = n * NUMBERS;
      all[at] = view.scale;
      all[at + 1] = view.left;
      all[at + 2] = view.top;
      all[at + 3] = view.flip ? 1 : 0;
      System.arraycopy(view.colours, 0, all, at + 4, COLOURS);
    }
    return all;
  }
}
