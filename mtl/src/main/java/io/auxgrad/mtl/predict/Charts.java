package io.auxgrad.mtl.predict;

import io.auxgrad.mtl.data.Sample;
import java.util.List;

/** Single maps, enlarged where they are small, with the legend below. */
public final class Charts {
  private static final int READABLE = 320;
  private static final int GAP = 6;

  private Charts() {}

  /** The label map with the names of the classes that occur. */
  public static Picture classes(Sample sample, List<String> names) {
    Picture map = Maps.classes(sample);
    int scale = scale(map);
    return below(map, scale, Legend.classes(List.of(sample), names, scale * map.width(), 1));
  }

  /** The depth map with its scale in metres. */
  public static Picture depth(Sample sample) {
    DepthRange range = DepthRange.of(sample.depth());
    Picture map = Maps.depth(sample, range);
    int scale = scale(map);
    return below(map, scale, Legend.depth(range, scale * map.width(), 1));
  }

  /** The normal map. */
  public static Picture normals(Sample sample) {
    Picture map = Maps.normals(sample);
    int scale = scale(map);
    Picture chart = new Picture(scale * map.width(), scale * map.height(), Legend.PAPER);
    chart.draw(map, 0, 0, scale);
    return chart;
  }

  private static int scale(Picture map) {
    return Math.ceilDiv(READABLE, map.width());
  }

  private static Picture below(Picture map, int scale, Picture legend) {
    int height = scale * map.height();
    Picture chart = new Picture(legend.width(), height + 2 * GAP + legend.height(), Legend.PAPER);
    chart.draw(map, 0, 0, scale);
    chart.draw(legend, 0, height + GAP, 1);
    return chart;
  }
}
