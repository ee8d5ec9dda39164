package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The classes of an NYUv2 folder: {@code classes.csv} with the columns {@code
 * id40,name40,id13,name13}, where class 0 is void. Label files hold id40.
 */
final class ClassTable {
  private static final String HEADER = "id40,name40,id13,name13";
  private static final int UNKNOWN = -2;
  private static final int IGNORE = -1;

  private final Path file;
  private final int[] classOf = new int[256];
  private final String[] names;

  private ClassTable(Path file, int classes) {
    this.file = file;
    this.names = new String[classes];
    Arrays.fill(classOf, UNKNOWN);
  }

  /** Reads the table for the 13 or the 39 classes. */
  static ClassTable read(Path file, int classes) {
    if (classes != 13 && classes != 39) {
      throw new UserException("nyuv2 has 13 or 39 classes, not " + classes);
    }
    List<String> lines = TextFiles.lines(file);
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new UserException(file + " must begin with the line '" + HEADER + "'");
    }
    ClassTable table = new ClassTable(file, classes);
    for (int line = 2; line <= lines.size(); line++) {
      table.add(lines.get(line - 1), line);
    }
    table.requireComplete();
    return table;
  }

  /** Names of the classes from 0. */
  List<String> names() {
    return List.of(names);
  }

  /** The class of an id40 in a label file, -1 = ignore, or less if the table does not list it. */
  int classOf(int id40) {
    return classOf[id40];
  }

  // Without a class of its own an id is void: 40, which the 39 classes leave out.
  private void add(String text, int line) {
    String[] cells = text.split(",", -1);
    if (cells.length != 4) {
      throw bad(line, "has " + cells.length + " cells, expected are 4");
    }
    int id40 = id(cells[0], line, classOf.length - 1);
    int id13 = id(cells[2], line, 13);
    boolean coarse = names.length == 13;
    int id = coarse ? id13 : id40;
    String name = cells[coarse ? 3 : 1].strip();
    if (classOf[id40] != UNKNOWN) {
      throw bad(line, "lists id40 " + id40 + " a second time");
    }
    classOf[id40] = id == 0 || id > names.length ? IGNORE : id - 1;
    if (classOf[id40] == IGNORE) {
      return;
    }
    if (names[id - 1] != null && !names[id - 1].equals(name)) {
      throw bad(
          line, "calls class " + id + " '" + name + "', an earlier line '" + names[id - 1] + "'");
    }
    names[id - 1] = name;
  }

  private int id(String cell, int line, int largest) {
    int id;
    try {
      id = Integer.parseInt(cell.strip());
    } catch (NumberFormatException e) {
      throw new UserException("%s, line %d: '%s' is no class id".formatted(file, line, cell), e);
    }
    if (id < 0 || id > largest) {
      throw bad(line, "has the class id " + id + ", allowed are 0.." + largest);
    }
    return id;
  }

  private void requireComplete() {
    for (int i = 0; i < names.length; i++) {
      if (names[i] == null) {
        throw new UserException(
            "%s has no line for class %d of %d".formatted(file, i + 1, names.length));
      }
    }
  }

  private UserException bad(int line, String what) {
    return new UserException(file + ", line " + line + " " + what);
  }
}
