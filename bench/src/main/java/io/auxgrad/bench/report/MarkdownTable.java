package io.auxgrad.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in Markdown that is aligned for the eye too; the first column is text. */
public final class MarkdownTable {
  private final List<List<String>> rows = new ArrayList<>();

  /** With these titles. */
  public MarkdownTable(String... titles) {
    rows.add(List.of(titles));
  }

  /** Adds a row with a cell for each title. */
  public MarkdownTable row(String... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException(
          cells.length + " cells under " + rows.getFirst().size() + " titles");
    }
    rows.add(List.of(cells));
    return this;
  }

  @Override
  public String toString() {
    int[] widths =
        IntStream.range(0, rows.getFirst().size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().getAsInt())
            .map(width -> Math.max(width, 3))
            .toArray();
    List<String> lines =
        rows.stream()
            .map(row -> line(row, widths))
            .collect(Collectors.toCollection(ArrayList::new));
    lines.add(1, rule(widths));
    return String.join("\n", lines);
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder("|");
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - cells.get(i).length());
      line.append(i == 0 ? " " + cells.get(i) + padding : " " + padding + cells.get(i))
          .append(" |");
    }
    return line.toString();
  }

  private static String rule(int[] widths) {
    return "|:"
        + "-".repeat(widths[0])
        + " |"
        + Arrays.stream(widths, 1, widths.length)
            .mapToObj(w -> " " + "-".repeat(w) + ":|")
            .collect(Collectors.joining());
  }
}
