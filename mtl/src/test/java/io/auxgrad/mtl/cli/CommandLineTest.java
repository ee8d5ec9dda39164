package io.auxgrad.mtl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user calls them, around one trained run. */
final class CommandLineTest {
  private static final String[] SMALL = {
    "--preset", "tiny", "--set", "data.size=32x32", "--set", "train.epochs=1"
  };

  @TempDir static Path folder;

  private static String run;
  private static Called trained;

  @BeforeAll
  static void train() {
    run = folder.resolve("run").toString();
    trained = Called.with(Called.concat("train", SMALL, "--out", run, "--json"));
  }

  @Test
  void trainGivesOneJsonObjectWithEveryKey() throws IOException {
    JsonNode json = trained.json();
    assertEquals(0, trained.code(), trained.err());
    for (String key :
        List.of(
            "segmentation.miou",
            "segmentation.pixel_accuracy",
            "depth.rmse",
            "depth.abs_rel",
            "normals.mean",
            "normals.within_11_25",
            "trivial.segmentation.miou",
            "trivial.depth.rmse",
            "trivial.normals.mean",
            "train.images_per_second",
            "train.first_step_seconds",
            "train.step_ms",
            "model.parameters",
            "model.deploy_parameters",
            "model.deploy_macs")) {
      assertTrue(json.path(key).isNumber(), key + " in " + json);
    }
    assertTrue(
        json.get("model.parameters").asLong() > json.get("model.deploy_parameters").asLong());
    assertEquals(run, json.get("run").asText());
    assertPng(Path.of(json.get("sheet").asText()));
    assertTrue(trained.err().contains("\nstep 1/"), trained.err());
    assertTrue(trained.err().contains("\nepoch 1"), trained.err());
  }

  @Test
  void evalGivesTheFiguresOfTraining() {
    JsonNode test = Called.with("eval", run, "--json").json();
    for (String key :
        List.of("segmentation.miou", "depth.rmse", "normals.mean", "trivial.depth.rmse")) {
      assertEquals(trained.json().get(key), test.get(key), key);
    }
    JsonNode validation = Called.with("eval", run, "--split", "val", "--json").json();
    assertNotEquals(test.get("depth.rmse"), validation.get("depth.rmse"));
  }

  @Test
  void peopleGetATable() {
    Called eval = Called.with("eval", run);
    assertEquals(0, eval.code(), eval.err());
    assertTrue(eval.out().contains("segmentation.miou"), eval.out());
    assertTrue(eval.out().contains("trivial"), eval.out());
  }

  @Test
  void predictRestoresTheSizeOfTheImage() throws IOException {
    String image = image("photo.png", 97, 61);
    String out = folder.resolve("predicted").toString();
    Called call = Called.with("predict", run, image, "--out", out, "--json");
    assertEquals(0, call.code(), call.err());
    JsonNode pictures = call.json().get("images").get(0);
    for (String what : List.of("labels", "depth", "normals", "sheet")) {
      assertPng(Path.of(pictures.get(what).asText()));
    }
    BufferedImage normals = ImageIO.read(Path.of(pictures.get("normals").asText()).toFile());
    assertEquals(0, normals.getWidth() % 97);
    assertEquals(0, normals.getHeight() % 61);
  }

  @Test
  void predictReportsBadFilesAndDoesTheOthers() throws IOException {
    String good = image("good.png", 40, 40);
    Path text = Files.writeString(folder.resolve("notes.png"), "not an image");
    byte[] png = Files.readAllBytes(Path.of(good));
    Path broken = Files.write(folder.resolve("broken.png"), Arrays.copyOf(png, png.length / 2));
    Path deep = folder.resolve("deep.png");
    ImageIO.write(new BufferedImage(40, 40, BufferedImage.TYPE_USHORT_GRAY), "png", deep.toFile());
    Path out = folder.resolve("some");
    Called call =
        Called.with(
            "predict",
            run,
            text.toString(),
            broken.toString(),
            deep.toString(),
            folder.resolve("absent.png").toString(),
            good,
            "--json",
            "--out",
            out.toString());
    assertEquals(1, call.code());
    assertEquals(1, call.json().get("images").size());
    assertEquals(4, call.json().get("failed").size());
    for (String name : List.of("notes.png", "broken.png", "deep.png", "absent.png")) {
      assertTrue(
          call.err().lines().anyMatch(l -> l.startsWith("auxgrad: ") && l.contains(name)),
          call.err());
    }
    assertPng(out.resolve("good-sheet.png"));
  }

  @Test
  void exportWritesEitherLayout() throws IOException {
    assertExported("auxgrad", "encoder.layer1.conv.weight", Shape.of(8, 3, 3, 3));
    assertExported("torch", "layer1.0.weight", Shape.of(8, 3, 3, 3));
    assertExported("auxgrad", "heads.depth.out.weight", Shape.of(1, 3, 3, 32));
    assertExported("torch", "depth.weight", Shape.of(1, 32, 3, 3));
  }

  @Test
  void everyCommandServesADeepLab() throws IOException {
    String deepLab = folder.resolve("deeplab").toString();
    Called train =
        Called.with(
            Called.concat(
                "train",
                SMALL,
                "--set=model.encoder=resnet18",
                "--set=model.decoder=deeplabv3",
                "--set=model.output_stride=8",
                "--set=model.width=0.125",
                "--out",
                deepLab,
                "--json"));
    assertEquals(0, train.code(), train.err());
    Called eval = Called.with("eval", deepLab, "--json");
    assertEquals(train.json().get("depth.rmse"), eval.json().get("depth.rmse"));
    String out = folder.resolve("by-deeplab").toString();
    Called predict =
        Called.with("predict", deepLab, image("view.png", 50, 70), "--out", out, "--json");
    assertPng(Path.of(predict.json().get("images").get(0).get("sheet").asText()));
    assertExported(deepLab, train, "auxgrad", "encoder.conv1.conv.weight", Shape.of(8, 7, 7, 3));
    assertExported(deepLab, train, "torch", "backbone.conv1.weight", Shape.of(8, 3, 7, 7));
    assertExported(
        deepLab, train, "torch", "classifier.0.convs.4.1.weight", Shape.of(32, 64, 1, 1));
  }

  private static void assertExported(String layout, String name, Shape shape) throws IOException {
    assertExported(run, trained, layout, name, shape);
  }

  private static void assertExported(
      String run, Called trained, String layout, String name, Shape shape) throws IOException {
    Path file = folder.resolve(layout + ".safetensors");
    Called call =
        Called.with("export", run, "--out", file.toString(), "--layout", layout, "--json");
    assertEquals(0, call.code(), call.err());
    assertEquals(
        trained.json().get("model.deploy_parameters"), call.json().get("model.deploy_parameters"));
    try (var tensors = Safetensors.open(file)) {
      assertTrue(tensors.entries().containsKey(name), () -> tensors.entries().keySet().toString());
      assertEquals(shape, tensors.entries().get(name).shape());
      assertTrue(tensors.entries().keySet().stream().noneMatch(n -> n.contains("auxiliary")));
    }
  }

  @Test
  void otherWeightsCanBeExported() {
    String file = folder.resolve("last.safetensors").toString();
    Called last = Called.with("export", run, "--out", file, "--weights", "last");
    assertEquals(0, last.code(), last.err());
    Called average = Called.with("export", run, "--out", file, "--weights", "average");
    assertRefused(average, "has no moving average: train.ema was 0");
  }

  @Test
  void damagedOrForeignWeightsAreRefused() throws IOException {
    Path copy = Files.createDirectories(folder.resolve("copy/checkpoints")).getParent();
    Files.copy(Path.of(run, "config.yaml"), copy.resolve("config.yaml"));
    assertRefused(Called.with("eval", copy.toString()), "has no selected weights yet");
    Path weights = copy.resolve("checkpoints/best.safetensors");
    byte[] bytes = Files.readAllBytes(Path.of(run, "checkpoints/best.safetensors"));
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 5));
    assertRefused(Called.with("eval", copy.toString()), "cannot be used");
    Files.write(weights, new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, '{', '}'});
    assertRefused(Called.with("eval", copy.toString()), "cannot be used");
    Safetensors.write(weights, Map.of(), Map.of());
    assertRefused(Called.with("eval", copy.toString()), "was not written by auxgrad");
    Safetensors.write(weights, Map.of(), Map.of("classes", "one"));
    assertRefused(Called.with("eval", copy.toString()), "cannot be used");
  }

  @Test
  void aCompleteRunResumesToTheSameReport() {
    Called again = Called.with(Called.concat("train", SMALL, "--out", run, "--resume", "--json"));
    assertEquals(0, again.code(), again.err());
    assertEquals(trained.json().get("depth.rmse"), again.json().get("depth.rmse"));
  }

  @Test
  void anotherThreadCountWarns() {
    Called again = Called.with("train", "--out", run, "--resume", "--threads", "3", "--json");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("warning: the run was made on"), again.err());
  }

  @Test
  void aResumedRunKeepsItsConfiguration() {
    assertRefused(
        Called.with("train", "--out", run, "--resume", "--preset", "tiny"),
        "--resume: the run was begun with data.size=32x32, not 48x64");
  }

  @Test
  void aResumedRunKeepsItsPrecision() {
    assertRefused(
        Called.with("train", "--out", run, "--resume", "--precision", "bf16"),
        "--resume: the run was begun with precision=fp32, not bf16");
  }

  @Test
  void aRunInBfloat16IsEvaluatedInItUnlessAskedOtherwise() {
    String out = folder.resolve("bf16").toString();
    Called bf16 =
        Called.with(Called.concat("train", SMALL, "--precision", "bf16", "--out", out, "--json"));
    assertEquals(0, bf16.code(), bf16.err());
    assertTrue(bf16.err().contains("precision: bf16"), bf16.err());
    double trained = bf16.json().get("normals.mean").asDouble();
    assertEquals(trained, normals("eval", out, "--json"));
    double wide = normals("eval", out, "--precision", "fp32", "--json");
    assertNotEquals(trained, wide);
    assertEquals(trained, wide, 0.5);
  }

  private static double normals(String... call) {
    return Called.with(call).json().get("normals.mean").asDouble();
  }

  @Test
  void aRunIsNotOverwritten() {
    assertRefused(
        Called.with(Called.concat("train", SMALL, "--out", run)),
        "is not empty: continue that run with --resume");
  }

  private static void assertRefused(Called call, String message) {
    assertTrue(call.err().contains(message), call.err());
    assertEquals(1, call.code());
    assertEquals("", call.out());
  }

  private static String image(String name, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, i * 7919);
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file.toString();
  }

  private static void assertPng(Path file) throws IOException {
    byte[] head = Arrays.copyOf(Files.readAllBytes(file), 4);
    assertEquals("PNG", new String(head, 1, 3, StandardCharsets.US_ASCII), file.toString());
  }
}
