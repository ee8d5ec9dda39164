package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.ResizeOps.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Bilinear and nearest resizing: enlarging, shrinking, by whole and odd ratios. */
final class ResizeCases {
  private ResizeCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      cases.add(resize(mode, 2, 5, 7, 3, 10, 14));
      cases.add(resize(mode, 1, 4, 5, 13, 16, 20));
      cases.add(resize(mode, 1, 4, 5, 32, 8, 9));
      cases.add(resize(mode, 2, 9, 11, 5, 4, 7));
      cases.add(resize(mode, 1, 1, 1, 17, 5, 6));
      cases.add(resize(mode, 1, 6, 4, 2, 6, 4));
      cases.add(resize(mode, 1, 12, 9, 1, 1, 1));
      cases.add(resize(mode, 1, 15, 20, 40, 30, 40));
      cases.add(resize(mode, 1, 2, 70, 13, 3, 81));
      cases.add(resize(mode, 1, 1, 2, 17, 16, 19));
      cases.add(resize(mode, 2, 1, 1, 40, 9, 11));
      cases.add(resize(mode, 2, 5, 6, 72, 10, 13));
      cases.add(resize(mode, 1, 7, 9, 65, 3, 4));
    }
    return OpCase.alsoInBfloat16(cases, Set.of(0), Set.of(0));
  }

  private static OpCase resize(Mode mode, int n, int h, int w, int c, int oh, int ow) {
    return OpCase.of(
            "resize " + mode + " to " + oh + "x" + ow,
            Set.of("resize.forward", "resize.backward"),
            List.of(Input.uniform(n, h, w, c)),
            in -> List.of(reference(in.get(0), mode, oh, ow)),
            (b, in) -> List.of(b.resize().forward(in.get(0), oh, ow, mode)))
        .differentiable((b, in, out, dy) -> List.of(b.resize().backward(dy, h, w, mode)))
        .summing(4 + (long) oh * ow / ((long) h * w));
  }

  static Array64 reference(Array64 x, Mode mode, int oh, int ow) {
    Shape in = x.shape();
    Array64 y = Array64.of(Shape.of(in.dim(0), oh, ow, in.dim(3)));
    for (int n = 0; n < in.dim(0); n++) {
      for (int i = 0; i < oh; i++) {
        for (int j = 0; j < ow; j++) {
          for (int c = 0; c < in.dim(3); c++) {
            y.add(
                mode == Mode.NEAREST
                    ? nearest(x, n, i, j, c, oh, ow)
                    : bilinear(x, n, i, j, c, oh, ow),
                n,
                i,
                j,
                c);
          }
        }
      }
    }
    return y;
  }

  private static double nearest(Array64 x, int n, int i, int j, int c, int oh, int ow) {
    return x.at(n, i * x.shape().dim(1) / oh, j * x.shape().dim(2) / ow, c);
  }

  private static double bilinear(Array64 x, int n, int i, int j, int c, int oh, int ow) {
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    double row = Math.max(0, (i + 0.5) * h / oh - 0.5);
    double column = Math.max(0, (j + 0.5) * w / ow - 0.5);
    int r0 = Math.min((int) row, h - 1);
    int c0 = Math.min((int) column, w - 1);
    int r1 = Math.min(r0 + 1, h - 1);
    int c1 = Math.min(c0 + 1, w - 1);
    double a = row - r0;
    double b = column - c0;
    return (1 - a) * ((1 - b) * x.at(n, r0, c0, c) + b * x.at(n, r0, c1, c))
        + a * ((1 - b) * x.at(n, r1, c0, c) + b * x.at(n, r1, c1, c));
  }
}
