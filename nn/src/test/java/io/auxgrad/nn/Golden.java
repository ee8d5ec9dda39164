package io.auxgrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** What PyTorch computed; {@code src/test/python/golden.py} writes the files. */
public final class Golden {
  private Golden() {}

  /** Where the file of the given name is. */
  public static Path path(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/" + name + ".safetensors").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The file of the given name, to be closed. */
  public static SafetensorsFile open(String name) throws IOException {
    return Safetensors.open(path(name));
  }

  /** A tensor of {@code file}, in the current scope. */
  public static Tensor tensor(SafetensorsFile file, String name) throws IOException {
    return file.read(name, Backends.cpu().memory());
  }

  /** Compares each element: {@code |got - want| <= tolerance * (1 + |want|)}. */
  public static void assertClose(float[] want, float[] got, double tolerance, String what) {
    assertEquals(want.length, got.length, what);
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], got[i], tolerance * (1 + Math.abs(want[i])), what + " at " + i);
    }
  }
}
