package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.Golden;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.data.HostBatch;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.mtl.weighting.FixedWeighting;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Parameter;
import io.auxgrad.nn.backbones.ResNet.Depth;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.nn.optim.Sgd;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whole networks with their auxiliary modules against PyTorch in float64: outputs, losses, the
 * gradient of every parameter, and ten steps of SGD. {@code golden_network.py} and {@code
 * golden_deeplab.py} in {@code src/test/python} write the files.
 *
 * <p>Tolerances are relative to the largest value of a tensor: float32 here, float64 there.
 */
@ExtendWith(NoLeaks.class)
abstract class TorchGoldenContract {
  private static final double OUTPUT = 1e-5;
  private static final double LOSS = 1e-6;

  // A value that rounding carries over a kink of ReLU6 changes what follows by much more than
  // rounding.
  private static final double LOSS_AFTER_STEPS = 1e-3;
  private static final double OUTPUT_AFTER_STEPS = 1e-2;
  private static final int STEPS = 10;

  private static final List<Task> TASKS = Networks.tasks(5, Penalty.BERHU);

  /** The networks of the files. */
  @SuppressWarnings("ImmutableEnumChecker") // the configuration is a record that nobody changes
  enum Case {
    NETWORK(
        "network",
        new EncoderOptions.MobileNetV2(0.25),
        new DecoderOptions.RefineNet(16),
        AuxiliaryOptions.standard(List.of("crp4", "crp3", "l5", "crp2", "crp1"), 8)),
    DEEPLAB_RESNET18("deeplab-resnet18", Depth.RESNET18, 16),
    DEEPLAB_RESNET50("deeplab-resnet50", Depth.RESNET50, 8);

    private final String file;
    private final NetworkConfig config;

    Case(String file, EncoderOptions encoder, DecoderOptions decoder, AuxiliaryOptions auxiliary) {
      this.file = file;
      this.config = NetworkConfig.of(encoder, decoder, TASKS, auxiliary);
    }

    Case(String file, Depth depth, int outputStride) {
      this(
          file,
          new EncoderOptions.ResNet(depth, outputStride, 2.0 / 64),
          new DecoderOptions.DeepLabV3(4, 0),
          AuxiliaryOptions.standard(List.of("c5", "c4", "c3", "c2"), 4));
    }
  }

  private static final MultiTaskLoss LOSSES =
      new MultiTaskLoss(
          TASKS,
          new FixedWeighting(Map.of("segmentation", 1.0, "depth", 0.5, "normals", 2.0)),
          0.4f);

  private final Case tested;
  private final Backend backend;
  private final double gradient;
  private Golden golden;
  private MultiTaskNetwork network;
  private Batch batch;

  /**
   * Of a network on {@code backend}.
   *
   * @param gradient how near gradients come. On these files PyTorch's own float32 is up to 2.0e-4
   *     off its float64.
   */
  TorchGoldenContract(Case tested, Backend backend, double gradient) {
    this.tested = tested;
    this.backend = backend;
    this.gradient = gradient;
  }

  @BeforeEach
  void load() throws IOException {
    golden = Golden.open(tested.file);
    network = new MultiTaskNetwork(new Context(backend, new Philox(1, 0)), tested.config);
    try (var _ = TensorScope.open()) {
      TorchLayout.load(network, group("state"));
      batch = batch();
    }
  }

  @AfterEach
  void close() throws IOException {
    network.close();
    batch.close();
    golden.close();
  }

  private Map<String, Tensor> group(String prefix) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : names(prefix)) {
      tensors.put(name, golden.tensor(prefix + "/" + name));
    }
    return tensors;
  }

  private Set<String> names(String prefix) {
    return golden.file().entries().keySet().stream()
        .filter(name -> name.startsWith(prefix + "/"))
        .map(name -> name.substring(prefix.length() + 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Batch batch() throws IOException {
    int[] dims = golden.tensor("batch/images").shape().dims();
    return Batch.upload(
        backend.memory(),
        new HostBatch(
            List.of("a", "b", "c"),
            dims[1],
            dims[2],
            golden.floats("batch/images"),
            golden.tensor("batch/classes").toInts(),
            golden.floats("batch/depth"),
            golden.tensor("batch/depth_mask").toBytes(),
            golden.floats("batch/normals"),
            golden.tensor("batch/normals_mask").toBytes()));
  }

  private Outputs forward() {
    return network.forward(Variable.constant(batch.images()));
  }

  private void assertOutputs(
      String prefix, SequencedMap<String, Variable> outputs, double tolerance) throws IOException {
    assertEquals(names(prefix), new TreeSet<>(outputs.keySet()));
    for (Map.Entry<String, Variable> e : outputs.entrySet()) {
      String name = prefix + "/" + e.getKey();
      Golden.assertClose(golden.floats(name), e.getValue().value().toFloats(), tolerance, name);
    }
  }

  @Test
  void namesAndShapesAreThoseOfThePublishedModels() throws IOException {
    try (var _ = TensorScope.open()) {
      Map<String, Tensor> exported = TorchLayout.export(network);
      assertEquals(names("state"), new TreeSet<>(exported.keySet()));
      for (Map.Entry<String, Tensor> e : exported.entrySet()) {
        Tensor torch = golden.tensor("state/" + e.getKey());
        assertEquals(torch.shape(), e.getValue().shape(), e.getKey());
        assertArrayEquals(torch.toFloats(), e.getValue().toFloats(), e.getKey());
      }
    }
  }

  @Test
  void inferenceAgrees() throws IOException {
    network.train(false);
    try (var _ = TensorScope.open()) {
      assertOutputs("eval", forward().main(), OUTPUT);
    }
  }

  @Test
  void trainingOutputsAndAllGradientsAgree() throws IOException {
    try (Tape tape = Tape.open()) {
      Outputs outputs = forward();
      assertOutputs("train", outputs.main(), OUTPUT);
      assertOutputs("auxiliary", outputs.auxiliary(), OUTPUT);
      tape.backward(LOSSES.of(outputs, batch).total());
    }
    Map<String, Parameter> parameters = network.parameters();
    assertEquals(
        names("gradient"),
        parameters.keySet().stream()
            .map(TorchLayout::name)
            .collect(Collectors.toCollection(TreeSet::new)));
    // Some gradients are zero but for rounding, those of shifts that the next normalisation
    // removes.
    double least = 1e-3 * largestGradient();
    for (Map.Entry<String, Parameter> e : parameters.entrySet()) {
      String name = "gradient/" + TorchLayout.name(e.getKey());
      try (var _ = TensorScope.open()) {
        float[] want = golden.floats(name);
        float[] got = TorchLayout.toTorch(e.getValue().gradient()).toFloats();
        Golden.assertClose(want, got, gradient, Math.max(least, Golden.scale(want)), name);
      }
    }
  }

  private double largestGradient() throws IOException {
    double largest = 0;
    for (String name : names("gradient")) {
      largest = Math.max(largest, Golden.scale(golden.floats("gradient/" + name)));
    }
    return largest;
  }

  @Test
  void tenStepsAgree() throws IOException {
    float[] want = golden.floats("losses");
    int columns = want.length / STEPS;
    var groups = List.of(new ParameterGroup("all", network.parameters(), 0.002, 1e-4));
    try (Sgd optimizer = new Sgd(groups, 0.9)) {
      for (int step = 0; step < STEPS; step++) {
        float[] row = Arrays.copyOfRange(want, step * columns, (step + 1) * columns);
        float[] got = step(optimizer);
        Golden.assertClose(row, got, step == 0 ? LOSS : LOSS_AFTER_STEPS, "losses of step " + step);
      }
    }
    network.train(false);
    try (var _ = TensorScope.open()) {
      assertOutputs("trained", forward().main(), OUTPUT_AFTER_STEPS);
    }
  }

  /** Makes a step and gives the losses before it: total, main, auxiliary. */
  private float[] step(Sgd optimizer) {
    optimizer.zeroGradients();
    try (Tape tape = Tape.open()) {
      Losses losses = LOSSES.of(forward(), batch);
      tape.backward(losses.total());
      optimizer.step();
      List<Variable> all = new ArrayList<>(List.of(losses.total()));
      all.addAll(losses.main().values());
      all.addAll(losses.auxiliary().values());
      float[] row = new float[all.size()];
      for (int i = 0; i < row.length; i++) {
        row[i] = all.get(i).value().item();
      }
      return row;
    }
  }
}
