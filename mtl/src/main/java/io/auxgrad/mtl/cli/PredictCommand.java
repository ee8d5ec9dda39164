package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.data.ImageFiles;
import io.auxgrad.mtl.data.Sample;
import io.auxgrad.mtl.predict.Charts;
import io.auxgrad.mtl.predict.PhotoPredictor;
import io.auxgrad.mtl.predict.Picture;
import io.auxgrad.mtl.predict.Sheet;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.train.TrainedModel;
import io.auxgrad.tensor.ops.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code auxgrad predict}. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Predicts for images of any size: writes IMAGE-labels.png, IMAGE-depth.png,",
      "IMAGE-normals.png and IMAGE-sheet.png. Files that cannot be read are reported",
      "and the others are done; the exit code is then 1."
    },
    sortOptions = false)
final class PredictCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "RUN", description = "Folder of a run.")
  private Path folder;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "PNG, JPEG, GIF or BMP.")
  private List<Path> images;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the pictures; made if absent.")
  private Path out;

  @Mixin private EngineOptions engine;

  @Mixin private OutputOptions output;

  private final List<Map<String, String>> done = new ArrayList<>();
  private final List<Map<String, String>> failed = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  @Override
  public Integer call() {
    Output console = output.output();
    Backend backend = engine.backend();
    try (RunFolder run = RunFolder.open(folder);
        TrainedModel model = TrainedModel.load(run, backend)) {
      makeFolder();
      PhotoPredictor predictor = new PhotoPredictor(model, backend);
      for (Path image : images) {
        predict(image, predictor, model.classes(), console);
      }
    }
    console.result(Map.of("images", done, "failed", failed));
    return failed.isEmpty() ? 0 : 1;
  }

  private void predict(Path image, PhotoPredictor predictor, List<String> classes, Output console) {
    try {
      Sample photo = ImageFiles.readPhoto(image);
      if (!names.add(photo.id())) {
        throw new UserException(
            image
                + ": another image of this call has the same name; predict it into another --out");
      }
      Map<String, String> pictures = draw(photo, predictor.predict(photo), classes);
      console.text("%s: %s".formatted(image, String.join(", ", pictures.values())));
      pictures.put("image", image.toString());
      done.add(pictures);
    } catch (UserException e) {
      console.error(e.getMessage());
      failed.add(Map.of("image", image.toString(), "error", e.getMessage()));
    }
  }

  private Map<String, String> draw(Sample photo, Sample predicted, List<String> classes) {
    Map<String, String> pictures = new LinkedHashMap<>();
    if (predicted.classes() != null) {
      write(Charts.classes(predicted, classes), photo, "labels", pictures);
    }
    if (predicted.depth() != null) {
      write(Charts.depth(predicted), photo, "depth", pictures);
    }
    if (predicted.normals() != null) {
      write(Charts.normals(predicted), photo, "normals", pictures);
    }
    write(Sheet.draw(List.of(new Sheet.Row(photo, predicted)), classes), photo, "sheet", pictures);
    return pictures;
  }

  private void write(Picture picture, Sample photo, String what, Map<String, String> pictures) {
    Path file = out.resolve(photo.id() + "-" + what + ".png");
    picture.write(file);
    pictures.put(what, file.toString());
  }

  private void makeFolder() {
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new UserException("--out " + out + " cannot be made: " + e, e);
    }
  }
}
