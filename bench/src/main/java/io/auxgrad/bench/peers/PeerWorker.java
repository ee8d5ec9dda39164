package io.auxgrad.bench.peers;

import io.auxgrad.bench.work.DeviceBarrier;
import io.auxgrad.bench.work.InferencePass;
import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.mtl.network.TorchLayout;
import io.auxgrad.mtl.predict.Prediction;
import io.auxgrad.nn.Precision;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Runs training steps or inference when told to on standard input, and answers with one line of
 * JSON each: the protocol of {@code bench/peers/pytorch_worker.py}.
 */
public final class PeerWorker {
  private final Backend backend;

  private PeerWorker(Backend backend) {
    this.backend = backend;
  }

  /**
   * {@code FOLDER prepare NETWORK fp32|bf16 BATCHxHEIGHTxWIDTH} writes the common files; {@code
   * train} or {@code infer} instead, with {@code cpu} or {@code cuda} at the end, works.
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Workload workload = Workload.of(NetworkKind.of(args[2]), precision(args[3]), args[4]);
    if (args[1].equals("prepare")) {
      PeerFiles.write(folder, workload);
    } else {
      work(args[1], workload, Backends.of(device(args[5])));
    }
  }

  private static void work(String mode, Workload workload, Backend backend) throws IOException {
    PeerWorker worker = new PeerWorker(backend);
    switch (mode) {
      case "train" -> worker.train(workload);
      case "infer" -> worker.infer(workload);
      default -> throw new IllegalArgumentException("no such work: " + mode);
    }
  }

  private static Device device(String name) {
    return switch (name) {
      case "cpu" -> Device.CPU;
      case "cuda" -> Device.cuda(0);
      default -> throw new IllegalArgumentException("no such device: " + name);
    };
  }

  private static Precision precision(String name) {
    return Precision.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private void train(Workload workload) throws IOException {
    try (TrainingStep step = new TrainingStep(workload, backend)) {
      // Reading the loss waits for the update too: it is read behind all of the step.
      serve(step::run, file -> writeGradients(step, file));
    }
  }

  private void infer(Workload workload) throws IOException {
    try (InferencePass pass = new InferencePass(workload, backend);
        DeviceBarrier barrier = new DeviceBarrier(backend.memory())) {
      DoubleSupplier work =
          () -> {
            pass.run();
            barrier.await();
            return 0;
          };
      serve(work, file -> writePredictions(pass, file));
    }
  }

  /** Writes what other engines can be compared with; returns the loss. */
  private interface Check {
    double write(Path file) throws IOException;
  }

  private static double writeGradients(TrainingStep step, Path file) throws IOException {
    try (var _ = TensorScope.open()) {
      TrainingStep.Found found = step.gradients();
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      found.outputs().forEach((task, y) -> tensors.put("output." + task, y));
      found
          .gradients()
          .forEach((name, g) ->
              tensors.put("gradient." + TorchLayout.name(name), TorchLayout.toTorch(g)));
      Safetensors.write(file, tensors, Map.of());
      found.outputs().values().forEach(Tensor::close);
      return found.loss();
    }
  }

  private static double writePredictions(InferencePass pass, Path file) throws IOException {
    try (Prediction prediction = pass.predict()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      prediction.all().forEach((task, y) -> tensors.put("output." + task, y));
      Safetensors.write(file, tensors, Map.of());
      return 0;
    }
  }

  private void serve(DoubleSupplier work, Check check) throws IOException {
    System.out.println("{\"ready\": \"auxgrad, " + backend.describe() + "\"}");
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = commands.readLine();
    for (boolean first = true; line != null && !line.equals("quit"); first = false) {
      String[] words = line.split(" ", 2);
      System.out.println(
          words[0].equals("check")
              ? "{\"loss\": " + check.write(Path.of(words[1])) + "}"
              : timed(Integer.parseInt(words[1]), work));
      if (first) {
        forgetPeak();
      }
      line = commands.readLine();
    }
    System.out.println("{\"peak_mib\": " + peakMebibytes() + "}");
  }

  /** Of {@code work} that ends when the device has done it. */
  private static String timed(int count, DoubleSupplier work) {
    double[] milliseconds = new double[count];
    double[] losses = new double[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      losses[i] = work.getAsDouble();
      milliseconds[i] = (System.nanoTime() - start) / 1e6;
    }
    return "{\"ms\": %s, \"losses\": %s}"
        .formatted(Arrays.toString(milliseconds), Arrays.toString(losses));
  }

  /** What was tried on a GPU while convolutions were chosen is not the work's. */
  private void forgetPeak() {
    if (!isOnCpu()) {
      backend.memory().trim();
    }
  }

  private boolean isOnCpu() {
    return backend.memory().device().kind() == Device.Kind.CPU;
  }

  /** Of the process on the CPU; on a GPU what is held of its memory, which grows only from then. */
  private double peakMebibytes() throws IOException {
    return isOnCpu() ? peakResidentMebibytes() : backend.memory().usage().reserved() / 0x1p20;
  }

  /** The kernel's own account, as Linux keeps it; -1 elsewhere. */
  private static double peakResidentMebibytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    return -1;
  }
}
