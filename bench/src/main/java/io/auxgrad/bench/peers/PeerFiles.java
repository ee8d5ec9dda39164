package io.auxgrad.bench.peers;

import io.auxgrad.bench.work.RandomBatch;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.mtl.data.HostBatch;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.TorchLayout;
import io.auxgrad.mtl.run.Json;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files that every other engine starts from: the batch, the weights, the network's options. */
public final class PeerFiles {
  private PeerFiles() {}

  /** Writes {@code batch.safetensors}, {@code weights.safetensors} and {@code network.json}. */
  public static void write(Path folder, Workload workload) throws IOException {
    try (var _ = TensorScope.open();
        MultiTaskNetwork network = workload.createNetwork(Backends.cpu())) {
      Safetensors.write(
          folder.resolve("weights.safetensors"), TorchLayout.export(network), Map.of());
      Safetensors.write(folder.resolve("batch.safetensors"), tensors(workload), Map.of());
    }
    Files.writeString(
        folder.resolve("network.json"), Json.write(options(workload)), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> options(Workload workload) {
    Map<String, Integer> outputs = new LinkedHashMap<>();
    workload.taskList().forEach(task -> outputs.put(task.name(), task.outputs()));
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("network", workload.network().label());
    options.put("outputs", outputs);
    workload
        .network()
        .auxiliary()
        .ifPresent(auxiliary -> {
          options.put("taps", auxiliary.taps());
          options.put("auxiliary_channels", auxiliary.channels());
        });
    options.put("lambda", Workload.LAMBDA);
    return options;
  }

  private static Map<String, Tensor> tensors(Workload workload) {
    HostBatch batch = RandomBatch.onHost(workload);
    DeviceMemory memory = Backends.cpu().memory();
    int n = workload.batch();
    int h = workload.height();
    int w = workload.width();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("images", Tensor.of(memory, Shape.of(n, h, w, 3), batch.images()));
    tensors.put("classes", Tensor.ofInts(memory, Shape.of(n, h, w), batch.classes()));
    tensors.put("depth", Tensor.of(memory, Shape.of(n, h, w, 1), batch.depth()));
    tensors.put("depth_mask", Tensor.ofBytes(memory, Shape.of(n, h, w), batch.depthMask()));
    tensors.put("normals", Tensor.of(memory, Shape.of(n, h, w, 3), batch.normals()));
    tensors.put("normals_mask", Tensor.ofBytes(memory, Shape.of(n, h, w), batch.normalsMask()));
    return tensors;
  }
}
