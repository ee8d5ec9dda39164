package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.ImageOps;
import io.auxgrad.tensor.ops.ImageView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Views of images and labels: whole, larger, smaller, mirrored, beside the source, of none. */
final class ImageCases {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};
  private static final float[] WARMER = {
    1.2f, 0.1f, -0.1f, 5, 0.05f, 0.9f, 0.02f, -12, -0.2f, 0.1f, 0.7f, 30
  };

  /** Between octahedral coordinates of a case. */
  private static final int STEP = Short.MAX_VALUE / 8;

  private static final int NONE = Integer.MIN_VALUE;

  private ImageCases() {}

  /** Images of one size, seen at another. */
  private record Setting(
      String name,
      int sources,
      int height,
      int width,
      int toHeight,
      int toWidth,
      List<ImageView> views) {
    int[] source(int... channels) {
      return dims(sources, height, width, channels);
    }

    Shape target(int... channels) {
      return Shape.of(dims(views.size(), toHeight, toWidth, channels));
    }

    private static int[] dims(int images, int rows, int columns, int... channels) {
      return IntStream.concat(IntStream.of(images, rows, columns), IntStream.of(channels))
          .toArray();
    }

    Tensor result(List<Tensor> in, DType type, int... channels) {
      return Tensor.empty(in.getFirst().memory(), type, target(channels));
    }

    ImageOps.Masked masked(List<Tensor> in, int channels) {
      return new ImageOps.Masked(result(in, DType.FLOAT32, channels), result(in, DType.UINT8));
    }

    Tensor views(List<Tensor> in) {
      return ImageView.toTensor(in.getFirst().memory(), views);
    }
  }

  private static List<Setting> settings() {
    return List.of(
        new Setting("whole", 2, 5, 7, 5, 7, List.of(ImageView.whole(1), ImageView.whole(0))),
        new Setting("one pixel", 1, 1, 1, 3, 2, List.of(view(0, 2, -0.1f, -0.3f, true))),
        new Setting("crops", 7, 13, 17, 9, 11, random(7, 3, 0.7f, 2.5f)),
        new Setting("many", 3, 37, 53, 41, 47, random(3, 5, 0.4f, 3)),
        new Setting(
            "beside",
            2,
            6,
            6,
            4,
            4,
            List.of(
                view(1, 1, 6, 0, false),
                view(0, 1, -4, 2, true),
                view(2, 1, 0, 0, false),
                view(1, 1, 0, 0, true))));
  }

  private static ImageView view(int image, float scale, float left, float top, boolean flip) {
    return new ImageView(image, scale, left, top, flip, WARMER);
  }

  private static List<ImageView> random(int sources, int number, float least, float most) {
    Philox random = new Philox(number, 0);
    return Stream.generate(() ->
            view(
                random.nextInt(sources),
                random.uniform(least, most),
                random.uniform(-3, 9),
                random.uniform(-3, 9),
                random.nextInt(2) == 0))
        .limit(number)
        .toList();
  }

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Setting s : settings()) {
      cases.add(input(s, DType.FLOAT32));
      cases.add(input(s, DType.BFLOAT16));
      cases.add(classes(s, Input.labels(-1, 40, s.source())));
      cases.add(classes(s, Input.bytes(s.source())));
      cases.add(depth(s));
      cases.add(normals(s));
      cases.add(octahedralNormals(s));
    }
    return cases;
  }

  private static OpCase input(Setting s, DType type) {
    return OpCase.of(
        "network input " + type + " " + s.name,
        Set.of("image.input"),
        List.of(Input.bytes(s.source(3))),
        in -> {
          Array64 y = Array64.of(s.target(3)).as(type);
          each(
              s,
              (at, to) -> {
                double[] rgb = new double[3];
                for (int c = 0; c < 3; c++) {
                  rgb[c] = at.inside(s) ? bilinear(in.getFirst(), at, c) : 0;
                }
                for (int c = 0; c < 3; c++) {
                  y.add(at.inside(s) ? normalised(rgb, at.view, c) : 0, to[0], to[1], to[2], c);
                }
              });
          return List.of(y);
        },
        (b, in) -> {
          Tensor y = s.result(in, type, 3);
          b.image().input(in.getFirst(), s.views(in), MEAN, DEVIATION, y);
          return List.of(y);
        });
  }

  /** The mean over the square of side 1 around the point, the image continued by its border. */
  private static double bilinear(Array64 image, Point at, int c) {
    double sum = 0;
    int row = (int) Math.floor(at.y - 0.5);
    int column = (int) Math.floor(at.x - 0.5);
    for (int y = row; y <= row + 1; y++) {
      for (int x = column; x <= column + 1; x++) {
        double share = (1 - Math.abs(y + 0.5 - at.y)) * (1 - Math.abs(x + 0.5 - at.x));
        int inY = Math.clamp(y, 0, image.shape().dim(1) - 1);
        int inX = Math.clamp(x, 0, image.shape().dim(2) - 1);
        sum += share * image.at(at.image, inY, inX, c);
      }
    }
    return sum;
  }

  private static double normalised(double[] rgb, ImageView view, int c) {
    double value = view.colours()[4 * c + 3];
    for (int k = 0; k < 3; k++) {
      value += view.colours()[4 * c + k] * rgb[k];
    }
    return (Math.clamp(value, 0.0, 255.0) / 255 - MEAN[c]) / DEVIATION[c];
  }

  private static OpCase classes(Setting s, Input labels) {
    return OpCase.of(
        "class labels " + labels.kind() + " " + s.name,
        Set.of("image.classes"),
        List.of(labels),
        in -> {
          Array64 y = Array64.of(s.target()).as(DType.INT32);
          each(
              s,
              (at, to) -> {
                double label =
                    at.inside(s) ? in.getFirst().at(at.image, (int) at.y, (int) at.x) : -1;
                y.add(label == 255 ? -1 : label, to);
              });
          return List.of(y);
        },
        (b, in) -> {
          Tensor y = s.result(in, DType.INT32);
          b.image().classes(in.getFirst(), s.views(in), y);
          return List.of(y);
        });
  }

  private static OpCase depth(Setting s) {
    return OpCase.of(
        "depth labels " + s.name,
        Set.of("image.depth"),
        List.of(new Input(Shape.of(s.source()), Input.Kind.UNIFORM, -1, 5)),
        in -> {
          Array64 values = Array64.of(s.target(1));
          Array64 mask = Array64.of(s.target()).as(DType.UINT8);
          each(
              s,
              (at, to) -> {
                double metres =
                    at.inside(s) ? in.getFirst().at(at.image, (int) at.y, (int) at.x) : 0;
                if (metres > 0) {
                  values.add(metres / at.view.scale(), to[0], to[1], to[2], 0);
                  mask.add(1, to);
                }
              });
          return List.of(values, mask);
        },
        (b, in) -> {
          ImageOps.Masked y = s.masked(in, 1);
          b.image().depth(in.getFirst(), s.views(in), y);
          return List.of(y.values(), y.mask());
        });
  }

  private static OpCase normals(Setting s) {
    return OpCase.of(
        "normals labels " + s.name,
        Set.of("image.normals"),
        // Vectors with a zero in them, and some of nothing but zeros.
        List.of(Input.labels(-1, 2, s.source(3))),
        in -> normals(s, in.getFirst()),
        (b, in) -> normals(s, b, in, b.pointwise().cast(in.getFirst(), DType.FLOAT32)));
  }

  private static OpCase octahedralNormals(Setting s) {
    int[] coordinates = coordinates(s);
    return OpCase.of(
        "normals labels octahedral " + s.name,
        Set.of("image.normals"),
        List.of(Input.bytes(1)), // its memory is that of the normals
        _ -> normals(s, unpacked(s, coordinates)),
        (b, in) -> normals(s, b, in, packed(s, coordinates, in.getFirst().memory())));
  }

  /** Over all of the octahedron, in steps; {@link #NONE} instead of every eighth vector. */
  private static int[] coordinates(Setting s) {
    Philox random = new Philox(s.height, s.width);
    int[] coordinates = new int[2 * s.sources * s.height * s.width];
    for (int i = 0; i < coordinates.length; i += 2) {
      coordinates[i] = random.nextInt(8) == 0 ? NONE : random.nextInt(17) - 8;
      coordinates[i + 1] = random.nextInt(17) - 8;
    }
    return coordinates;
  }

  private static Tensor packed(Setting s, int[] coordinates, DeviceMemory memory) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * coordinates.length).order(ByteOrder.nativeOrder());
    for (int value : coordinates) {
      bytes.putShort(value == NONE ? ImageOps.NO_NORMAL : (short) (value * STEP));
    }
    return Tensor.ofBytes(memory, Shape.of(s.source(4)), bytes.array());
  }

  // The corners of the square all meet at (0, 0, -1): from there the lower half is unfolded.
  private static Array64 unpacked(Setting s, int[] coordinates) {
    Array64 normals = Array64.of(Shape.of(s.source(3)));
    for (int i = 0; i < coordinates.length; i += 2) {
      if (coordinates[i] == NONE) {
        continue;
      }
      double u = (double) coordinates[i] * STEP / Short.MAX_VALUE;
      double v = (double) coordinates[i + 1] * STEP / Short.MAX_VALUE;
      double z = 1 - Math.abs(u) - Math.abs(v);
      double x = z >= 0 ? u : Math.copySign(1 - Math.abs(v), u);
      double y = z >= 0 ? v : Math.copySign(1 - Math.abs(u), v);
      double length = Math.hypot(x, Math.hypot(y, z));
      int vector = 3 * (i / 2);
      normals.data()[vector] = x / length;
      normals.data()[vector + 1] = y / length;
      normals.data()[vector + 2] = z / length;
    }
    return normals;
  }

  private static List<Tensor> normals(Setting s, Backend b, List<Tensor> in, Tensor normals) {
    ImageOps.Masked y = s.masked(in, 3);
    b.image().normals(normals, s.views(in), y);
    return List.of(y.values(), y.mask());
  }

  private static List<Array64> normals(Setting s, Array64 source) {
    Array64 values = Array64.of(s.target(3));
    Array64 mask = Array64.of(s.target()).as(DType.UINT8);
    each(
        s,
        (at, to) -> {
          double[] normal = at.inside(s) ? turned(source, at) : new double[3];
          double length = Math.hypot(normal[0], Math.hypot(normal[1], normal[2]));
          if (length > 0) {
            mask.add(1, to);
            for (int c = 0; c < 3; c++) {
              double unit = at.view.scale() == 1 ? 1 : length;
              values.add(normal[c] / unit, to[0], to[1], to[2], c);
            }
          }
        });
    return List.of(values, mask);
  }

  private static double[] turned(Array64 normals, Point at) {
    double[] normal = new double[3];
    for (int c = 0; c < 3; c++) {
      normal[c] = normals.at(at.image, (int) at.y, (int) at.x, c);
    }
    normal[0] *= at.view.flip() ? -1 : 1;
    normal[2] *= at.view.scale();
    return normal;
  }

  /** Where an output pixel looks, in float32 as the contract says. */
  private record Point(int image, ImageView view, float x, float y) {
    boolean inside(Setting s) {
      return image < s.sources && x >= 0 && x < s.width && y >= 0 && y < s.height;
    }
  }

  private interface Visit {
    /** Output pixel {@code to} of {@code [N,height,width]}. */
    void at(Point at, int... to);
  }

  private static void each(Setting s, Visit visit) {
    for (int n = 0; n < s.views.size(); n++) {
      ImageView v = s.views.get(n);
      for (int y = 0; y < s.toHeight; y++) {
        for (int x = 0; x < s.toWidth; x++) {
          int column = v.flip() ? s.toWidth - 1 - x : x;
          float atX = v.left() + (column + 0.5f) / v.scale();
          float atY = v.top() + (y + 0.5f) / v.scale();
          visit.at(new Point(v.image(), v, atX, atY), n, y, x);
        }
      }
    }
  }
}
