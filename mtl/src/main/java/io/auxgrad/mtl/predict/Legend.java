package io.auxgrad.mtl.predict;

import io.auxgrad.mtl.data.Sample;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * What colours mean: names of classes, and the scale of depth. Made to a width, as high as needed.
 */
final class Legend {
  static final int PAPER = 0xFFFFFF;
  static final int INK = 0x202020;

  private static final int MARGIN = 4;

  private Legend() {}

  /** The classes that occur in {@code samples}, with their names. */
  static Picture classes(List<Sample> samples, List<String> names, int width, int scale) {
    BitSet present = new BitSet();
    for (Sample sample : samples) {
      for (int id : sample.classes()) {
        if (id >= 0) {
          present.set(id);
        }
      }
    }
    int longest = names.stream().mapToInt(String::length).max().orElse(0);
    int cell = scale * 14 + BitmapFont.width("m".repeat(longest), scale) + 2 * MARGIN;
    int columns = Math.max(1, width / cell);
    int line = scale * (BitmapFont.LINE + 2);
    int rows = Math.ceilDiv(present.cardinality(), columns);
    Picture legend = new Picture(width, Math.max(1, rows * line), PAPER);
    int[] ids = present.stream().toArray();
    for (int i = 0; i < ids.length; i++) {
      int x = MARGIN + i % columns * cell;
      int y = i / columns * line;
      legend.fill(x, y, scale * 10, scale * 8, ClassColours.of(ids[i]));
      legend.text(names.get(ids[i]), x + scale * 14, y, scale, INK);
    }
    return legend;
  }

  /** A bar from near to far with five depths in metres below. */
  static Picture depth(DepthRange range, int width, int scale) {
    int bar = scale * 8;
    Picture legend = new Picture(width, bar + scale * (BitmapFont.LINE + 2), PAPER);
    int length = width - 2 * MARGIN;
    for (int x = 0; x < length; x++) {
      float depth = range.near() + (range.far() - range.near()) * x / Math.max(1, length - 1);
      legend.fill(MARGIN + x, 0, 1, bar, range.colour(Math.max(depth, Float.MIN_NORMAL)));
    }
    for (int tick = 0; tick <= 4; tick++) {
      float depth = range.near() + (range.far() - range.near()) * tick / 4;
      String text = String.format(Locale.ROOT, tick == 4 ? "%.2f m" : "%.2f", depth);
      int room = length - BitmapFont.width(text, scale);
      legend.text(text, MARGIN + room * tick / 4, bar + scale * 2, scale, INK);
    }
    return legend;
  }
}
