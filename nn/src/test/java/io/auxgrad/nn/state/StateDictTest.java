package io.auxgrad.nn.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.nn.Context;
import io.auxgrad.nn.Module;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class StateDictTest {
  private final Context context = Context.cpu(1);
  private final Module saved = ConvBn.of(context, 3, 4, 3, 1, 1, Activation.RELU);
  private final Module other = ConvBn.of(context, 3, 4, 3, 1, 1, Activation.RELU);

  @TempDir private Path folder;

  @AfterEach
  void close() {
    saved.close();
    other.close();
  }

  @Test
  void whatIsSavedIsLoaded() throws IOException {
    Path file = folder.resolve("net.safetensors");
    saved.buffers().get("bn.running_mean").set(1f, 2f, 3f, 4f);
    StateDict.save(saved, file, Map.of("epoch", "7"));
    assertEquals(Map.of("epoch", "7"), StateDict.load(other, file));
    saved
        .state()
        .forEach(
            (name, t) -> assertArrayEquals(t.toFloats(), other.state().get(name).toFloats(), name));
  }

  @Test
  void onlyTensorsUnderThePrefixAreLoaded() throws IOException {
    Path file = folder.resolve("all.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    saved.state().forEach((name, t) -> tensors.put("model." + name, t));
    tensors.put("optimizer.x", saved.state().get("bn.bias"));
    Safetensors.write(file, tensors, Map.of());
    try (SafetensorsFile source = Safetensors.open(file)) {
      StateDict.load(other.state(), source, "model.");
    }
    assertArrayEquals(
        saved.state().get("conv.weight").toFloats(), other.state().get("conv.weight").toFloats());
  }

  @Test
  void whatDoesNotFitChangesNothing() throws IOException {
    assertRejected(
        tensors -> tensors.remove("bn.running_var"),
        "missing 'bn.running_var', unexpected nothing");
    assertRejected(
        tensors -> tensors.put("extra", tensors.get("bn.bias")),
        "missing nothing, unexpected 'extra'");
    assertRejected(Map::clear, "and 2 more");
    assertRejected(
        tensors -> tensors.put("bn.bias", Tensor.of(context.memory(), Shape.of(3), 1, 2, 3)),
        "'bn.bias' is F32 [3], expected F32 [4]");
    assertRejected(
        tensors -> tensors.put("bn.bias", Tensor.zeros(context.memory(), DType.INT32, Shape.of(4))),
        "'bn.bias' is I32 [4], expected F32 [4]");
  }

  @Test
  void damagedFilesChangeNothing() throws IOException {
    Path file = folder.resolve("net.safetensors");
    StateDict.save(saved, file, Map.of());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertUnchanged(file, "truncated");
    Files.write(
        file,
        "PK\003\004 a zip file, not weights".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertUnchanged(file, "claims a header of");
    assertThrows(NoSuchFileException.class, () -> StateDict.load(other, folder.resolve("none")));
  }

  private void assertRejected(Consumer<Map<String, Tensor>> change, String because)
      throws IOException {
    Path file = folder.resolve("changed.safetensors");
    try (var _ = TensorScope.open()) {
      Map<String, Tensor> tensors = saved.state();
      change.accept(tensors);
      Safetensors.write(file, tensors, Map.of());
    }
    assertUnchanged(file, because);
  }

  private void assertUnchanged(Path file, String because) {
    Map<String, float[]> before = new LinkedHashMap<>();
    other.state().forEach((name, t) -> before.put(name, t.toFloats()));
    var error = assertThrows(StateException.class, () -> StateDict.load(other, file));
    assertTrue(error.getMessage().contains(because), error.getMessage());
    assertTrue(error.getMessage().contains(file.toString()), error.getMessage());
    before.forEach(
        (name, values) -> assertArrayEquals(values, other.state().get(name).toFloats(), name));
  }
}
