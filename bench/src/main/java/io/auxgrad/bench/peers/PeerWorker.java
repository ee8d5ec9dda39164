package io.auxgrad.bench.peers;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.Losses;
import io.auxgrad.mtl.network.MultiTaskLoss;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.weighting.FixedWeighting;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.nn.optim.Sgd;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Runs training steps or inference when told to on standard input, and answers with one line of
 * JSON each: the protocol of {@code bench/peers/pytorch_worker.py}.
 */
public final class PeerWorker {
  private PeerWorker() {}

  /** {@code FOLDER prepare BATCH HxW} writes the common files; {@code FOLDER train|infer} works. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    if (args[1].equals("prepare")) {
      String[] size = args[3].split("x", 2);
      PeerData.write(
          folder, Integer.parseInt(args[2]), Integer.parseInt(size[0]), Integer.parseInt(size[1]));
      return;
    }
    try (Batch batch = PeerData.read(folder)) {
      if (args[1].equals("train")) {
        train(batch);
      } else {
        infer(batch);
      }
    }
  }

  private static void train(Batch batch) throws IOException {
    try (MultiTaskNetwork network = PeerNetwork.create();
        FixedWeighting weighting = new FixedWeighting(PeerNetwork.WEIGHTS);
        Sgd sgd =
            new Sgd(List.of(new ParameterGroup("all", network.parameters(), 1e-3, 1e-4)), 0.9)) {
      var loss = new MultiTaskLoss(PeerNetwork.TASKS, weighting, PeerNetwork.LAMBDA);
      serve(() -> step(network, loss, sgd, batch));
    }
  }

  private static double step(MultiTaskNetwork network, MultiTaskLoss loss, Sgd sgd, Batch batch) {
    double value;
    try (Tape tape = Tape.open()) {
      Losses losses = loss.of(network.forward(Variable.constant(batch.images())), batch);
      tape.backward(losses.total());
      value = losses.total().value().item();
    }
    sgd.step();
    sgd.zeroGradients();
    return value;
  }

  private static void infer(Batch batch) throws IOException {
    Shape size = batch.images().shape();
    try (MultiTaskNetwork trained = PeerNetwork.create();
        MultiTaskNetwork network = trained.deploy()) {
      serve(() -> predict(network, batch, size.dim(1), size.dim(2)));
    }
  }

  private static double predict(MultiTaskNetwork network, Batch batch, int height, int width) {
    try (var _ = TensorScope.open()) {
      Outputs outputs = network.forward(Variable.constant(batch.images()));
      for (Task task : PeerNetwork.TASKS) {
        task.predict(outputs.main().get(task.name()).value(), height, width);
      }
      return 0;
    }
  }

  private static void serve(DoubleSupplier work) throws IOException {
    System.out.println("{\"ready\": \"auxgrad, " + Backends.cpu().describe() + "\"}");
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = commands.readLine();
    while (line != null && !line.equals("quit")) {
      System.out.println(timed(Integer.parseInt(line.split(" ", 2)[1]), work));
      line = commands.readLine();
    }
    System.out.println("{\"peak_rss_mib\": " + peakResidentMebibytes() + "}");
  }

  private static String timed(int count, DoubleSupplier work) {
    double[] milliseconds = new double[count];
    double[] results = new double[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      results[i] = work.getAsDouble();
      milliseconds[i] = (System.nanoTime() - start) / 1e6;
    }
    return "{\"ms\": %s, \"losses\": %s}"
        .formatted(java.util.Arrays.toString(milliseconds), java.util.Arrays.toString(results));
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
