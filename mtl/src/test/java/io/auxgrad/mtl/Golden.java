package io.auxgrad.mtl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Answers of PyTorch and numpy, written by the scripts in {@code src/test/python}. */
public final class Golden implements AutoCloseable {
  private final Path copy;
  private final SafetensorsFile file;

  private Golden(Path copy) throws IOException {
    this.copy = copy;
    file = Safetensors.open(copy);
  }

  /** The file {@code golden/<name>.safetensors}, which may be in a jar and is copied out of it. */
  public static Golden open(String name) throws IOException {
    Path copy = Files.createTempFile(name, ".safetensors");
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name + ".safetensors")) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return new Golden(copy);
  }

  /** The file. */
  public SafetensorsFile file() {
    return file;
  }

  /** A tensor on the CPU, in the current scope. */
  public Tensor tensor(String name) throws IOException {
    return file.read(name, Backends.cpu().memory());
  }

  /** The values of a float32 tensor. */
  public float[] floats(String name) throws IOException {
    try (Tensor tensor = tensor(name)) {
      return tensor.toFloats();
    }
  }

  /** A number in the metadata. */
  public double number(String key) {
    return Double.parseDouble(file.metadata().get(key));
  }

  /** The largest magnitude. */
  public static double scale(float[] values) {
    double scale = 0;
    for (float value : values) {
      scale = Math.max(scale, Math.abs(value));
    }
    return scale;
  }

  /**
   * {@code |got - want| <= tolerance * max|want|} everywhere: the error relative to the scale of
   * the tensor.
   */
  public static void assertClose(float[] want, float[] got, double tolerance, String what) {
    assertClose(want, got, tolerance, scale(want), what);
  }

  /** {@code |got - want| <= tolerance * scale} everywhere. */
  public static void assertClose(
      float[] want, float[] got, double tolerance, double scale, String what) {
    assertEquals(want.length, got.length, what);
    double worst = 0;
    for (int i = 0; i < want.length; i++) {
      assertTrue(Float.isFinite(got[i]), what + " at " + i + " is " + got[i]);
      worst = Math.max(worst, Math.abs((double) got[i] - want[i]));
    }
    assertTrue(
        worst <= tolerance * scale,
        "%s: error %.3g of scale %.3g is %.3g".formatted(what, worst, scale, worst / scale));
  }

  @Override
  public void close() throws IOException {
    file.close();
    Files.delete(copy);
  }
}
