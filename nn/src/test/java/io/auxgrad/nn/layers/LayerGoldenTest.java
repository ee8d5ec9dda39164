package io.auxgrad.nn.layers;

import static io.auxgrad.nn.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Golden;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.nn.state.StateDict;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.ResizeOps;
import io.auxgrad.tensor.ops.UnaryOp;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each layer forward and backward against PyTorch. */
@ExtendWith(NoLeaks.class)
class LayerGoldenTest {
  private static final double TOLERANCE = 2e-5;
  private static final Map<String, Function<Context, Layer>> LAYERS =
      Map.ofEntries(
          Map.entry("conv_stride", c -> Conv2d.builder(c, 6, 5, 3).stride(2).padding(1).build()),
          Map.entry(
              "conv_dilated", c -> Conv2d.builder(c, 6, 4, 3).dilation(2).samePadding().build()),
          Map.entry("conv_groups", c -> Conv2d.builder(c, 6, 4, 3).groups(2).build()),
          Map.entry(
              "conv_depthwise",
              c -> Conv2d.builder(c, 6, 6, 3).padding(1).groups(6).bias(false).build()),
          Map.entry("linear", c -> new Linear(c, 6, 3)),
          Map.entry("bn_train", c -> new BatchNorm(c, 6)),
          Map.entry("bn_eval", c -> new BatchNorm(c, 6)),
          Map.entry("convbn_train", c -> ConvBn.of(c, 6, 8, 3, 2, 2, Activation.RELU6)),
          Map.entry("convbn_eval", c -> ConvBn.of(c, 6, 8, 3, 2, 2, Activation.RELU6)),
          Map.entry("silu", c -> new ActivationLayer(UnaryOp.SILU)),
          Map.entry("max_pool", c -> new MaxPool(3, 2, 1)),
          Map.entry("average_pool", c -> new AveragePool(3, 2, 1)),
          Map.entry("global_pool", c -> new GlobalPool()),
          Map.entry("upsample_bilinear", c -> new Upsample(2, ResizeOps.Mode.BILINEAR)),
          Map.entry("upsample_nearest", c -> new Upsample(3, ResizeOps.Mode.NEAREST)));

  static Stream<String> cases() {
    return LAYERS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTorch(String name) throws IOException {
    try (SafetensorsFile golden = Golden.open("layers");
        Layer layer = LAYERS.get(name).apply(Context.cpu(1));
        var _ = TensorScope.open()) {
      StateDict.load(layer.state(), golden, name + ".state.");
      layer.train(!name.endsWith("_eval"));
      Variable x = Variable.parameter(Golden.tensor(golden, name + ".x"));
      Variable dy = Variable.constant(Golden.tensor(golden, name + ".dy"));
      try (Tape tape = Tape.open()) {
        Variable y = layer.forward(x);
        assertEquals(dy.shape(), y.shape());
        compare(golden, name + ".y", y.value());
        tape.backward(y.times(dy).sum());
      }
      compare(golden, name + ".dx", x.gradient());
      x.zeroGradient();
      for (var parameter : layer.parameters().entrySet()) {
        compare(golden, name + ".grad." + parameter.getKey(), parameter.getValue().gradient());
      }
      for (var buffer : layer.buffers().entrySet()) {
        compare(golden, name + ".after." + buffer.getKey(), buffer.getValue());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameWithoutATapeAndLeavesNothingBehind(String name) throws IOException {
    try (SafetensorsFile golden = Golden.open("layers");
        Layer layer = LAYERS.get(name).apply(Context.cpu(1));
        var _ = TensorScope.open()) {
      StateDict.load(layer.state(), golden, name + ".state.");
      layer.train(!name.endsWith("_eval"));
      Variable x = Variable.constant(Golden.tensor(golden, name + ".x"));
      layer.forward(x).release(); // what a layer keeps for the next time is there from now on
      int before = TensorScope.liveTensors();
      Variable y = layer.forward(x);
      assertTrue(TensorScope.liveTensors() <= before + 1, TensorScope::report);
      compare(golden, name + ".y", y.value());
    }
  }

  private static void compare(SafetensorsFile golden, String name, Tensor got) throws IOException {
    Tensor want = Golden.tensor(golden, name);
    assertEquals(want.shape(), got.shape(), name);
    assertClose(want.toFloats(), got.toFloats(), TOLERANCE, name);
  }
}
