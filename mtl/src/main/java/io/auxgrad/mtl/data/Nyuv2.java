package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A folder in the layout of NYU Depth V2 (Silberman et al., "Indoor Segmentation and Support
 * Inference from RGBD Images", ECCV 2012):
 *
 * <pre>
 * rgb/ID.jpg       photo, 8-bit RGB
 * label40/ID.png   class id of each pixel, 8-bit gray, 0 = void; same size as the photo
 * depth/ID.png     millimetres along the optical axis, 16-bit gray, 0 = invalid; same size
 * normal/ID.png    n = (R,G,B)/126 - 1, 8-bit RGB; same size or smaller by a whole factor f, then
 *                  pixel (x,y) belongs to pixel (fx,fy) of the photo
 * classes.csv      id40,name40,id13,name13
 * train.txt, val.txt, test.txt   one ID per line
 * </pre>
 */
public final class Nyuv2 {
  private static final int NAMED = 3;

  private Nyuv2() {}

  /**
   * Opens the folder; reads the lists and checks that all listed files are there. Pixels are read
   * and checked when a sample is loaded.
   *
   * @param classes 13 or 39; ids without a class are ignored
   * @throws UserException if anything is missing or wrong; the message names the place
   */
  public static Splits open(Path folder, int classes) {
    if (!Files.isDirectory(folder)) {
      throw new UserException("data folder " + folder + " does not exist or is no folder");
    }
    if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
      throw new UserException("data folder " + folder + " may not be read: check its permissions");
    }
    ClassTable table = ClassTable.read(folder.resolve("classes.csv"), classes);
    Nyuv2Split train = split(folder, "train", table);
    Nyuv2Split validation = split(folder, "val", table);
    Nyuv2Split test = split(folder, "test", table);
    requireDisjoint(folder, train, validation);
    requireDisjoint(folder, train, test);
    requireDisjoint(folder, validation, test);
    return new Splits("nyuv2", table.names(), train, validation, test);
  }

  private static Nyuv2Split split(Path folder, String name, ClassTable table) {
    Path list = folder.resolve(name + ".txt");
    List<String> ids = TextFiles.lines(list);
    if (ids.isEmpty()) {
      throw new UserException(list + " is empty: it needs one image id per line");
    }
    Nyuv2Split split = new Nyuv2Split(folder, name, ids, table);
    List<Path> absent = split.files().filter(file -> !Files.isRegularFile(file)).toList();
    if (!absent.isEmpty()) {
      String some =
          absent.stream().limit(NAMED).map(Path::toString).collect(Collectors.joining(", "));
      throw new UserException(
          "%s names %d file(s) that are not there: %s%s"
              .formatted(list, absent.size(), some, absent.size() > NAMED ? ", ..." : ""));
    }
    return split;
  }

  private static void requireDisjoint(Path folder, Nyuv2Split one, Nyuv2Split other) {
    Set<String> common = new HashSet<>(one.ids());
    common.retainAll(other.ids());
    if (!common.isEmpty()) {
      throw new UserException(
          "data folder %s: %d image(s) stand in two of the lists, for example %s in %s and %s"
              .formatted(
                  folder, common.size(), common.iterator().next(), one.name(), other.name()));
    }
  }
}
