package io.auxgrad.mtl.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.data.ImageSize;
import io.auxgrad.mtl.network.DecoderOptions;
import io.auxgrad.mtl.network.EncoderOptions;
import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.mtl.tasks.NormalsTask;
import io.auxgrad.mtl.tasks.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigTest {
  @TempDir Path folder;

  @Test
  void everyPresetIsComplete() {
    for (String preset : Presets.NAMES) {
      Config config =
          new ConfigBuilder().preset(preset).set("data.folder", folder(preset), "test").build();
      assertEquals(preset, config.name());
      assertFalse(Presets.description(preset).isBlank());
    }
  }

  @Test
  void writtenAndReadBackIsTheSame() throws IOException {
    Config config = new ConfigBuilder().preset("tiny").set("data.size=48x80").set("seed=7").build();
    Path file = Files.writeString(folder.resolve("config.yaml"), ConfigYaml.write(config));
    assertEquals(config, new ConfigBuilder().file(file).build());
  }

  @Test
  void sizesAreHeightThenWidth() {
    assertEquals(
        new ImageSize(48, 80), new ConfigBuilder().set("data.size=48x80").build().data().size());
  }

  @Test
  void aFileBeginsWithItsPreset() throws IOException {
    Path file = write("preset: tiny", "train:", "  epochs: 9");
    Config config = new ConfigBuilder().file(file).build();
    assertEquals("tiny", config.name());
    assertEquals(9, config.train().epochs());
  }

  @Test
  void laterValuesWin() throws IOException {
    Path file = write("train: {epochs: 9, batch: 3}");
    Config config = new ConfigBuilder().file(file).set("train.epochs=4").build();
    assertEquals(List.of(4, 3), List.of(config.train().epochs(), config.train().batch()));
  }

  @ParameterizedTest
  @CsvSource({
    "train.epoch=3, did you mean train.epochs?",
    "epochs=3, did you mean train.epochs?",
    "optimiser.clip=3, did you mean optimizer.clip?",
    "tarin.batch=3, did you mean train.batch?",
    "train=3, 'is a section; set a key inside it: train.batch, '",
    "train.epochs=ten, it wants a whole number",
    "train.epochs=1.5, it wants a whole number",
    "train.epochs=-1, 'train.epochs is -1; it must lie between 0 and'",
    "train.batch=0, 'train.batch is 0; it must lie between 1 and'",
    "train.ema=1.0, 'train.ema is 1.0; it must lie between 0'",
    "auxiliary.enabled=2, it wants true or false",
    "data.size=120, 'data.size is ''120''; write HEIGHTxWIDTH, for example 120x160'",
    "data.size=4x160, data.size is 4; it must lie between 32 and",
    "optimizer.method=sdg, 'optimizer.method is ''sdg''; choose from sgd, adam, adamw'",
    "data.source=nyuv2, data.folder is missing: say where the nyuv2 folder is with --data DIR",
    "data.classes=40, data.classes is 40; nyuv2 has 13 or 39",
    "model.encoder=resnet99, 'choose from mobilenetv2, resnet18, resnet34, resnet50, resnet101'",
    "model.decoder=deeplab, 'choose from refinenet, deeplabv3'",
    "model.output_stride=12, 'model.output_stride is 12; choose from 8, 16, 32'",
    "model.output_stride=8, 'is 8; model.encoder=mobilenetv2 has 32 only: take a resnet'",
    "model.dropout=1.0, 'model.dropout is 1.0; it must lie between 0'",
    "'auxiliary.taps=[crp1, crp1]', 'auxiliary.taps is [crp1, crp1]; list none twice'",
    "'auxiliary.taps=[crp5]', 'have [l3, l4, l5, l6, l7, l8, crp4, crp3, crp2, crp1]: list some of them, or [] for [crp4, crp3, crp2, crp1]'",
  })
  void saysWhatIsWrongAndWhere(String assignment, String message) {
    UserException e =
        assertThrows(UserException.class, () -> new ConfigBuilder().set(assignment).build());
    assertTrue(
        e.getMessage().startsWith("--set: ") || e.getMessage().startsWith("data.folder"),
        e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  @Test
  void anUnknownKeyIsShownWithItsLine() throws IOException {
    Path file = write("seed: 3", "train:", "  # a comment", "  epohcs: 3");
    assertMessage(file, file + ":4: train.epohcs is not a known key; did you mean train.epochs?");
  }

  @Test
  void aValueOutOfRangeIsShownWithItsLine() throws IOException {
    Path file = write("train:", "  batch: 0");
    assertMessage(file, file + ":2: train.batch is 0");
  }

  @Test
  void aKeyGivenTwiceIsAnError() throws IOException {
    Path file = write("seed: 3", "seed: 4");
    assertMessage(file, "seed");
  }

  @Test
  void brokenYamlIsShownWithItsLine() throws IOException {
    Path file = write("seed: 3", "train: [1, 2");
    assertMessage(file, file + ":");
  }

  @Test
  void aMissingFileIsNamed() {
    assertMessage(folder.resolve("absent.yaml"), "absent.yaml does not exist");
  }

  @Test
  void anUnknownPresetSuggestsTheNearest() {
    UserException e = assertThrows(UserException.class, () -> new ConfigBuilder().preset("room"));
    assertEquals(
        "preset 'room' is not known (did you mean rooms?); there are: rooms, nyuv2, tiny, rooms-resnet18, nyuv2-resnet50, nyuv2-long",
        e.getMessage());
  }

  private static ConfigBuilder deepLab(String... sets) {
    ConfigBuilder builder =
        new ConfigBuilder().set("model.encoder=resnet50").set("model.decoder=deeplabv3");
    List.of(sets).forEach(builder::set);
    return builder;
  }

  @ParameterizedTest
  @CsvSource({
    "'auxiliary.taps=[crp1]', 'have [c2, c3, c4, c5, aspp]: list some of them, or [] for [c5, c4, c3, c2]'",
    "train.batch=1, train.batch is 1; model.decoder=deeplabv3 normalises one value per image",
    "model.encoder=mobilenetv2, 'is 8; model.encoder=mobilenetv2 has 32 only: take a resnet'",
    "model.decoder=refinenet, 'is 8; model.decoder=refinenet takes 32 only: take deeplabv3'",
  })
  void partsThatDoNotGoTogetherAreRefused(String assignment, String message) {
    UserException e =
        assertThrows(
            UserException.class, () -> deepLab("model.output_stride=8", assignment).build());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void untoldTheAuxiliaryModuleTapsWhatTheDecoderSuggests() {
    List<Task> tasks = List.of(new NormalsTask());
    assertEquals(
        List.of("crp4", "crp3", "crp2", "crp1"),
        new ConfigBuilder().build().network(tasks).auxiliary().taps());
    assertEquals(
        List.of("c5", "c4", "c3", "c2"), deepLab().build().network(tasks).auxiliary().taps());
    assertEquals(
        List.of("c2", "c3", "c4", "c5"),
        deepLab("auxiliary.direction=fine_to_coarse").build().network(tasks).auxiliary().taps());
    assertNull(deepLab("auxiliary.enabled=false").build().network(tasks).auxiliary());
  }

  @Test
  void aConfigurationWithoutDecoderAndOutputStrideIsALightWeightRefineNet() throws IOException {
    Path file =
        write(
            "model: {encoder: mobilenetv2, width: 0.5, channels: 64}",
            "auxiliary: {taps: [crp4, crp3, crp2, crp1]}");
    NetworkConfig network =
        new ConfigBuilder().file(file).build().network(List.of(new NormalsTask()));
    assertEquals(new EncoderOptions.MobileNetV2(0.5), network.encoder());
    assertEquals(new DecoderOptions.RefineNet(64), network.decoder());
  }

  private void assertMessage(Path file, String part) {
    UserException e =
        assertThrows(UserException.class, () -> new ConfigBuilder().file(file).build());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private Path write(String... lines) throws IOException {
    return Files.write(folder.resolve("my.yaml"), List.of(lines));
  }

  private String folder(String preset) {
    return preset.startsWith("nyuv2") ? folder.toString() : null;
  }
}
