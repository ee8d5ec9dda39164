package io.auxgrad.mtl.train;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.network.TorchLayout;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Writes the weights of a trained network for use elsewhere. */
public final class Export {
  /** How tensors are named and laid out. */
  public enum Layout {
    /** Our names; convolution weights {@code [out, kh, kw, in/groups]}. */
    AUXGRAD,
    /** PyTorch's names; convolution weights {@code [out, in/groups, kh, kw]}. */
    TORCH
  }

  private Export() {}

  /** Writes {@code file} as safetensors, whole or not at all; its folder must exist. */
  public static void write(TrainedModel model, Layout layout, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new UserException("--out " + file + ": folder " + folder + " does not exist");
    }
    Map<String, String> metadata =
        Map.of(
            "format",
            layout == Layout.TORCH ? "pt" : "auxgrad-network",
            "layout",
            layout.name().toLowerCase(Locale.ROOT),
            SelectedWeights.CLASSES,
            SelectedWeights.text(model.classes()));
    try (var _ = TensorScope.open()) {
      Safetensors.write(
          file,
          layout == Layout.TORCH ? TorchLayout.export(model.network()) : model.network().state(),
          metadata);
    } catch (IOException e) {
      throw new UserException("--out " + file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
