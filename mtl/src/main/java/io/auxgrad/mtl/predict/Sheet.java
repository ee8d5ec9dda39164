package io.auxgrad.mtl.predict;

import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.data.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Images side by side with what is true and what is predicted, a row for each image, with captions
 * and legends. A prediction is a {@link Sample} whose maps hold the predicted classes, metres and
 * normals.
 */
public final class Sheet {
  /**
   * One image.
   *
   * @param truth the image with its labels, as far as it has some
   * @param predicted the predicted maps at the image's size, null where there are none
   */
  public record Row(Sample truth, Sample predicted) {}

  private static final int GAP = 4;
  private static final int LARGE_CELL = 320;

  /** A column of pictures; a row may lack its own. */
  private record Column(String caption, Function<Row, Picture> picture) {}

  private final List<Row> rows;
  private final List<String> names;
  private final ImageSize cell;
  private final int scale;
  private final DepthRange range;

  private Sheet(List<Row> rows, List<String> names) {
    this.rows = rows;
    this.names = names;
    this.cell = rows.getFirst().truth().size();
    this.scale = cell.width() >= LARGE_CELL ? 2 : 1;
    this.range = DepthRange.of(depths());
    for (Row row : rows) {
      requireSize(row.truth());
      requireSize(row.predicted());
    }
  }

  /**
   * Draws the sheet: image, labels, predicted labels, depth, predicted depth, normals, predicted
   * normals; without the columns that no row can fill.
   *
   * @param rows at least one; all images of the same size
   * @param names names of the classes from 0
   */
  public static Picture draw(List<Row> rows, List<String> names) {
    return new Sheet(rows, names).draw();
  }

  private Picture draw() {
    List<Column> columns = columns();
    int width = GAP + columns.size() * (cell.width() + GAP);
    int caption = scale * BitmapFont.LINE;
    int line = cell.height() + caption + GAP;
    List<Picture> legends = legends(width);
    int legendHeight = legends.stream().mapToInt(legend -> legend.height() + GAP).sum();
    Picture sheet =
        new Picture(width, GAP + caption + rows.size() * line + legendHeight, Legend.PAPER);
    for (int i = 0; i < columns.size(); i++) {
      int left = GAP + i * (cell.width() + GAP);
      sheet.text(columns.get(i).caption(), left, GAP, scale, Legend.INK);
      for (int r = 0; r < rows.size(); r++) {
        Picture picture = columns.get(i).picture().apply(rows.get(r));
        if (picture != null) {
          sheet.draw(picture, left, GAP + caption + r * line, 1);
        }
      }
    }
    for (int r = 0; r < rows.size(); r++) {
      int top = GAP + caption + r * line + cell.height() + 2;
      sheet.text(rows.get(r).truth().id(), GAP, top, scale, Legend.INK);
    }
    int top = GAP + caption + rows.size() * line;
    for (Picture legend : legends) {
      sheet.draw(legend, 0, top, 1);
      top += legend.height() + GAP;
    }
    return sheet;
  }

  private List<Column> columns() {
    Function<Sample, Picture> classes =
        sample -> sample.classes() == null ? null : Maps.classes(sample);
    Function<Sample, Picture> depth =
        sample -> sample.depth() == null ? null : Maps.depth(sample, range);
    Function<Sample, Picture> normals =
        sample -> sample.normals() == null ? null : Maps.normals(sample);
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("image", row -> Maps.photo(row.truth())));
    addPair(columns, "labels", classes);
    addPair(columns, "depth", depth);
    addPair(columns, "normals", normals);
    return columns;
  }

  private void addPair(List<Column> columns, String what, Function<Sample, Picture> map) {
    for (Column column :
        List.of(
            new Column(what, row -> map.apply(row.truth())),
            new Column(what + " predicted", row -> map.apply(row.predicted())))) {
      if (rows.stream().anyMatch(row -> column.picture().apply(row) != null)) {
        columns.add(column);
      }
    }
  }

  private List<Picture> legends(int width) {
    List<Picture> legends = new ArrayList<>();
    List<Sample> labelled = samples().filter(sample -> sample.classes() != null).toList();
    if (!labelled.isEmpty()) {
      legends.add(Legend.classes(labelled, names, width, scale));
    }
    if (depths().length > 0) {
      legends.add(Legend.depth(range, width, scale));
    }
    return legends;
  }

  // True depths set the scale; predictions only where nothing else is known.
  private float[][] depths() {
    float[][] known = depths(rows.stream().map(Row::truth));
    return known.length > 0 ? known : depths(rows.stream().map(Row::predicted));
  }

  private static float[][] depths(Stream<Sample> samples) {
    return samples.map(Sample::depth).filter(depth -> depth != null).toArray(float[][]::new);
  }

  private Stream<Sample> samples() {
    return rows.stream().flatMap(row -> Stream.of(row.truth(), row.predicted()));
  }

  private void requireSize(Sample sample) {
    if (!sample.size().equals(cell)) {
      throw new IllegalArgumentException(
          "sheet: image %s is %s, the first one is %s: all must have one size"
              .formatted(sample.id(), sample.size(), cell));
    }
  }
}
