package io.auxgrad.bench.peers;

import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.HostBatch;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.TorchLayout;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files that all engines start from: one batch, the weights, the options of the network. */
final class PeerData {
  private PeerData() {}

  /** Writes them to {@code folder}. */
  static void write(Path folder, int batch, int height, int width) throws IOException {
    try (var _ = TensorScope.open();
        MultiTaskNetwork network = PeerNetwork.create()) {
      Safetensors.write(
          folder.resolve("weights.safetensors"), TorchLayout.export(network), Map.of());
      Safetensors.write(
          folder.resolve("batch.safetensors"), random(batch, height, width), Map.of());
    }
    String taps = String.join("\", \"", PeerNetwork.AUXILIARY.taps());
    Files.writeString(
        folder.resolve("network.json"),
        "{\"taps\": [\"%s\"], \"auxiliaryChannels\": %d, \"lambda\": %s}\n"
            .formatted(taps, PeerNetwork.AUXILIARY.channels(), PeerNetwork.LAMBDA),
        StandardCharsets.UTF_8);
  }

  /** Reads the batch. */
  static Batch read(Path folder) throws IOException {
    DeviceMemory memory = Backends.cpu().memory();
    try (var _ = TensorScope.open();
        SafetensorsFile file = Safetensors.open(folder.resolve("batch.safetensors"))) {
      Tensor images = file.read("images", memory);
      Shape shape = images.shape();
      return Batch.upload(
          memory,
          new HostBatch(
              Collections.nCopies(shape.dim(0), "random"),
              shape.dim(1),
              shape.dim(2),
              images.toFloats(),
              file.read("classes", memory).toInts(),
              file.read("depth", memory).toFloats(),
              file.read("depth_mask", memory).toBytes(),
              file.read("normals", memory).toFloats(),
              file.read("normals_mask", memory).toBytes()));
    }
  }

  private static Map<String, Tensor> random(int n, int h, int w) {
    DeviceMemory memory = Backends.cpu().memory();
    Philox random = new Philox(7, 0);
    int pixels = n * h * w;
    float[] images = new float[3 * pixels];
    int[] classes = new int[pixels];
    float[] depth = new float[pixels];
    float[] normals = new float[3 * pixels];
    byte[] valid = new byte[pixels];
    for (int i = 0; i < pixels; i++) {
      classes[i] = random.nextInt(PeerNetwork.CLASSES + 1) - 1;
      depth[i] = random.uniform(0.7f, 10);
      valid[i] = (byte) (random.nextInt(8) == 0 ? 0 : 1);
      unitVector(random, normals, 3 * i);
      for (int c = 0; c < 3; c++) {
        images[3 * i + c] = random.nextGaussian();
      }
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("images", Tensor.of(memory, Shape.of(n, h, w, 3), images));
    tensors.put("classes", Tensor.ofInts(memory, Shape.of(n, h, w), classes));
    tensors.put("depth", Tensor.of(memory, Shape.of(n, h, w, 1), depth));
    tensors.put("depth_mask", Tensor.ofBytes(memory, Shape.of(n, h, w), valid));
    tensors.put("normals", Tensor.of(memory, Shape.of(n, h, w, 3), normals));
    tensors.put("normals_mask", Tensor.ofBytes(memory, Shape.of(n, h, w), valid));
    return tensors;
  }

  private static void unitVector(Philox random, float[] out, int at) {
    double x = random.nextGaussian();
    double y = random.nextGaussian();
    double z = random.nextGaussian();
    double length = Math.sqrt(x * x + y * y + z * z);
    out[at] = (float) (x / length);
    out[at + 1] = (float) (y / length);
    out[at + 2] = (float) (z / length);
  }
}
