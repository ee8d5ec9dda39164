package io.auxgrad.mtl.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.auxgrad.mtl.UserException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user may get wrong with a data folder, and that the message says where. */
class Nyuv2ErrorsTest {
  private static final int WIDTH = Nyuv2Folder.WIDTH;
  private static final int HEIGHT = Nyuv2Folder.HEIGHT;

  @TempDir Path dir;
  private Nyuv2Folder folder;

  @BeforeEach
  void write() {
    folder = new Nyuv2Folder(dir);
  }

  @Test
  void missingFolder() {
    UserException e =
        assertThrows(UserException.class, () -> Nyuv2.open(dir.resolve("nowhere"), 13));
    assertSays(e, "nowhere does not exist");
  }

  @Test
  void fileInsteadOfFolder() {
    UserException e =
        assertThrows(UserException.class, () -> Nyuv2.open(dir.resolve("train.txt"), 13));
    assertSays(e, "is no folder");
  }

  @Test
  void unreadableFolder() throws IOException {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("-wx------"));
    try {
      assumeFalse(Files.isReadable(dir), "this user may read everything");
      openFails("may not be read", "permissions");
    } finally {
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void otherNumberOfClasses() {
    UserException e = assertThrows(UserException.class, () -> Nyuv2.open(dir, 40));
    assertSays(e, "13 or 39", "not 40");
  }

  @Test
  void missingList() {
    folder.delete("val.txt");
    openFails("val.txt does not exist");
  }

  @Test
  void emptyList() {
    folder.text("val.txt", "\n \n");
    openFails("val.txt is empty");
  }

  @Test
  void listThatIsNoText() throws IOException {
    Files.write(dir.resolve("val.txt"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0x41});
    openFails("val.txt is no UTF-8");
  }

  @Test
  void listNamesAbsentFiles() {
    folder.text("train.txt", "a\nx\ny\n");
    openFails("train.txt names 8 file(s)", "rgb/x.jpg", "label40/x.png", "...");
    folder.text("train.txt", "a\nb\n");
    folder.delete("depth/b.png");
    openFails("names 1 file(s)", "depth/b.png");
  }

  @Test
  void imageInTwoLists() {
    folder.text("val.txt", "a\n");
    openFails("two of the lists", "a in nyuv2/train and nyuv2/val");
  }

  @Test
  void missingClassTable() {
    folder.delete("classes.csv");
    openFails("classes.csv does not exist");
  }

  @Test
  void brokenClassTables() {
    folder.text("classes.csv", "1,wall\n");
    openFails("must begin with the line 'id40,name40,id13,name13'");
    folder.text("classes.csv", Nyuv2Folder.classes().replace("5,fine5,2,", "five,fine5,2,"));
    openFails("line 7", "'five' is no class id");
    folder.text("classes.csv", Nyuv2Folder.classes().replace("5,fine5,2,", "5,fine5,14,"));
    openFails("line 7", "class id 14", "0..13");
    folder.text("classes.csv", Nyuv2Folder.classes().replace("5,fine5,2,", "5,2,"));
    openFails("line 7", "3 cells");
    folder.text("classes.csv", Nyuv2Folder.classes().replace("5,fine5,2,", "4,fine5,2,"));
    openFails("line 7", "id40 4 a second time");
    folder.text(
        "classes.csv", Nyuv2Folder.classes().replace("5,fine5,2,coarse2", "5,fine5,2,else"));
    openFails("line 7", "'else'", "'coarse2'");
    folder.text("classes.csv", "id40,name40,id13,name13\n0,void,0,void\n1,wall,1,wall\n");
    openFails("no line for class 2 of 13");
  }

  @Test
  void sizesThatDiffer() {
    folder.label("a", WIDTH - 1, HEIGHT, 0);
    loadFails("label40/a.png is 6x7", "photo is 6x8");
    folder.label("a", WIDTH, HEIGHT, 0);
    folder.depth("a", WIDTH, HEIGHT + 1, 1);
    loadFails("depth/a.png is 7x8", "photo is 6x8");
    folder.depth("a", WIDTH, HEIGHT, 1);
    folder.normal("a", 3, 3);
    loadFails("normal/a.png is 3x3", "6x8");
    folder.normal("a", 2 * WIDTH, 2 * HEIGHT);
    loadFails("normal/a.png is 12x16", "6x8");
  }

  @Test
  void labelOutsideOfTheClasses() {
    folder.label("a", WIDTH, HEIGHT, 38);
    loadFails("label40/a.png", "label 41 at pixel (3,0)", "classes.csv");
  }

  @Test
  void depthAllInvalid() {
    folder.depth("a", WIDTH, HEIGHT, 0);
    loadFails("depth/a.png has no valid depth");
  }

  @Test
  void wrongKindsOfImage() {
    Nyuv2Folder.write(gray(8), "png", dir.resolve("depth/a.png"));
    loadFails("depth/a.png has 1 channel(s) of 8 bits", "16-bit gray PNG");
    folder.depth("a", WIDTH, HEIGHT, 1);
    Nyuv2Folder.write(gray(16), "png", dir.resolve("label40/a.png"));
    loadFails("label40/a.png has 1 channel(s) of 16 bits", "8-bit gray PNG");
    folder.label("a", WIDTH, HEIGHT, 0);
    Nyuv2Folder.write(gray(8), "png", dir.resolve("normal/a.png"));
    loadFails("normal/a.png has 1 channel(s) of 8 bits", "8-bit RGB PNG");
  }

  @Test
  void brokenImages() throws IOException {
    folder.truncate("depth/a.png", 60);
    loadFails("depth/a.png is broken");
    folder.truncate("label40/a.png", 0);
    loadFails("label40/a.png is no image");
    Nyuv2Folder.write(
        new BufferedImage(64, 64, BufferedImage.TYPE_3BYTE_BGR), "jpg", dir.resolve("rgb/a.jpg"));
    folder.truncate("rgb/a.jpg", (int) Files.size(dir.resolve("rgb/a.jpg")) - 20);
    loadFails("rgb/a.jpg is broken");
    folder.text("rgb/a.jpg", "no picture");
    loadFails("rgb/a.jpg is no image");
    folder.delete("rgb/b.jpg");
    UserException e =
        assertThrows(UserException.class, () -> ImageFiles.readPhoto(dir.resolve("rgb/b.jpg")));
    assertSays(e, "rgb/b.jpg does not exist");
  }

  @Test
  void photosOfOtherDepths() {
    Path file = dir.resolve("deep.png");
    Nyuv2Folder.write(gray(16), "png", file);
    UserException e = assertThrows(UserException.class, () -> ImageFiles.readPhoto(file));
    assertSays(e, "deep.png has 1 channel(s) of 16 bits", "8-bit PNG or JPEG");
    Nyuv2Folder.write(gray(8), "png", file);
    assertEquals("deep", ImageFiles.readPhoto(file).id(), "gray is a photo too");
  }

  private static BufferedImage gray(int bits) {
    return new BufferedImage(
        WIDTH, HEIGHT, bits == 8 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_USHORT_GRAY);
  }

  private void openFails(String... parts) {
    assertSays(assertThrows(UserException.class, () -> Nyuv2.open(dir, 13)), parts);
  }

  // The label and depth of image a are read after the photo, the normals last.
  private void loadFails(String... parts) {
    Splits splits = Nyuv2.open(dir, 13);
    assertSays(assertThrows(UserException.class, () -> splits.train().load(0)), parts);
  }

  private static void assertSays(UserException e, String... parts) {
    for (String part : parts) {
      assertTrue(
          e.getMessage().contains(part),
          () -> "'" + e.getMessage() + "' should say '" + part + "'");
    }
    assertEquals(1, e.getMessage().lines().count(), "one line");
  }
}
