package io.auxgrad.nn.backbones;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.backbones.Backbone.Level;
import io.auxgrad.nn.backbones.ResNet.Depth;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.MacCounter;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeaks.class)
class ResNetTest {
  private static final double NARROW = 1.0 / 16;

  /**
   * The published networks have 11,689,512, 21,797,672, 25,557,032 and 44,549,160 parameters and
   * 1.81, 3.66, 4.09 and 7.80 billion multiply-accumulates at 224x224 with their classifier.
   */
  @ParameterizedTest
  @CsvSource({
    "RESNET18, 11_176_512, 1_813_561_344",
    "RESNET34, 21_284_672, 3_663_249_408",
    "RESNET50, 23_508_032, 4_087_136_256",
    "RESNET101, 42_500_160, 7_799_357_440",
  })
  void hasThePublishedSize(Depth depth, String parameters, String macs) {
    try (var network = new ResNet(Context.cpu(1), depth);
        var _ = TensorScope.open();
        MacCounter counter = MacCounter.open()) {
      network.train(false);
      network.forward(Variable.constant(zeros(1, 224, 224)));
      assertEquals(number(parameters), network.parameterCount());
      assertEquals(number(macs), counter.macs());
    }
  }

  private static long number(String digits) {
    return Long.parseLong(digits.replace("_", ""));
  }

  @Test
  void mapsAreTheResultsOfTheFourLayers() {
    try (var basic = new ResNet(Context.cpu(1), Depth.RESNET34, 32, NARROW);
        var bottlenecks = new ResNet(Context.cpu(1), Depth.RESNET50, 32, NARROW)) {
      assertEquals(
          List.of(
              new Level("c2", 4, 4),
              new Level("c3", 8, 8),
              new Level("c4", 16, 16),
              new Level("c5", 32, 32)),
          basic.levels());
      assertEquals(
          List.of(16, 32, 64, 128), bottlenecks.levels().stream().map(Level::channels).toList());
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 15, 21", "16, 8, 11", "32, 4, 6"})
  void mapsOfOddSizesAreRoundedUp(int outputStride, int height, int width) {
    try (var network = new ResNet(Context.cpu(1), Depth.RESNET18, outputStride, NARROW);
        var _ = TensorScope.open()) {
      network.train(false);
      var maps = network.forward(Variable.constant(zeros(2, 120, 165)));
      assertEquals(List.of("c2", "c3", "c4", "c5"), List.copyOf(maps.keySet()));
      assertEquals(Shape.of(2, 30, 42, 4), maps.get("c2").shape());
      assertEquals(Shape.of(2, 15, 21, 8), maps.get("c3").shape());
      assertEquals(Shape.of(2, height, width, 32), maps.get("c5").shape());
      for (Level level : network.levels()) {
        int rows = Math.ceilDiv(120, level.stride());
        assertEquals(rows, maps.get(level.name()).shape().dim(1), level.name());
      }
    }
  }

  @Test
  void strideIsOnTheThreeByThreeConvolutionAndBecomesDilation() {
    try (var strided = new ResNet(Context.cpu(1), Depth.RESNET50, 32, NARROW);
        var dilated = new ResNet(Context.cpu(1), Depth.RESNET50, 8, NARROW)) {
      assertEquals(Conv2dSpec.of(1, 0), spec(strided, "layer2", "0", "conv1"));
      assertEquals(Conv2dSpec.of(2, 1), spec(strided, "layer2", "0", "conv2"));
      assertEquals(Conv2dSpec.of(2, 0), spec(strided, "layer4", "0", "downsample"));
      assertEquals(Conv2dSpec.of(2, 1), spec(dilated, "layer2", "0", "conv2"));
      assertEquals(Conv2dSpec.of(1, 1, 1, 1), spec(dilated, "layer3", "0", "conv2"));
      assertEquals(Conv2dSpec.of(1, 2, 2, 1), spec(dilated, "layer3", "1", "conv2"));
      assertEquals(Conv2dSpec.of(1, 2, 2, 1), spec(dilated, "layer4", "0", "conv2"));
      assertEquals(Conv2dSpec.of(1, 4, 4, 1), spec(dilated, "layer4", "2", "conv2"));
      assertEquals(Conv2dSpec.of(1, 0), spec(dilated, "layer4", "0", "downsample"));
    }
  }

  private static Conv2dSpec spec(ResNet network, String layer, String block, String conv) {
    var children = network.children().get(layer).children().get(block).children();
    return ((ConvBn) children.get(conv)).conv().spec();
  }

  /** Dilation computes the same function on a finer grid: its pixels contain the strided ones. */
  @ParameterizedTest
  @EnumSource(names = {"RESNET18", "RESNET50"})
  void aDilatedNetworkHasThePixelsOfTheStridedOne(Depth depth) {
    try (var strided = new ResNet(Context.cpu(1), depth, 32, NARROW);
        var at16 = new ResNet(Context.cpu(1), depth, 16, NARROW);
        var at8 = new ResNet(Context.cpu(1), depth, 8, NARROW);
        var _ = TensorScope.open()) {
      Variable images = Variable.constant(noise(2, 75, 93));
      Tensor want = inferred(strided, images).get("c5").value();
      assertAgree(want, inferred(at16, images).get("c5").value(), 2);
      assertAgree(want, inferred(at8, images).get("c5").value(), 4);
    }
  }

  private static SequencedMap<String, Variable> inferred(ResNet network, Variable images) {
    network.train(false);
    return network.forward(images);
  }

  private static void assertAgree(Tensor coarse, Tensor fine, int step) {
    float[] want = coarse.toFloats();
    float[] got = fine.toFloats();
    int[] dims = coarse.shape().dims();
    double scale = 0;
    double error = 0;
    for (int n = 0, i = 0; n < dims[0]; n++) {
      for (int y = 0; y < dims[1]; y++) {
        for (int x = 0; x < dims[2]; x++) {
          int row = (n * fine.shape().dim(1) + y * step) * fine.shape().dim(2) + x * step;
          for (int c = 0; c < dims[3]; c++, i++) {
            scale = Math.max(scale, Math.abs(want[i]));
            error = Math.max(error, Math.abs(want[i] - got[row * dims[3] + c]));
          }
        }
      }
    }
    assertTrue(scale > 0 && error <= 1e-5 * scale, error + " of " + scale);
  }

  @Test
  void weightsStartAsPublished() {
    try (var network = new ResNet(Context.cpu(1), Depth.RESNET18)) {
      var layer =
          (ConvBn) network.children().get("layer3").children().get("1").children().get("conv2");
      Conv2d conv = layer.conv();
      double squares = 0;
      for (float w : conv.weight().value().toFloats()) {
        squares += (double) w * w;
      }
      double deviation = Math.sqrt(squares / conv.weight().value().size());
      double want = Math.sqrt(2.0 / (256 * 9));
      assertEquals(want, deviation, 0.01 * want);
    }
  }

  @Test
  void theWrongSizesAreRefused() {
    Context context = Context.cpu(1);
    for (int outputStride : List.of(4, 12, 64)) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> new ResNet(context, Depth.RESNET18, outputStride, 1));
      assertTrue(e.getMessage().contains("output stride " + outputStride), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> new ResNet(context, Depth.RESNET18, 32, 0));
  }

  private static Tensor zeros(int n, int height, int width) {
    return Tensor.zeros(Backends.cpu().memory(), DType.FLOAT32, Shape.of(n, height, width, 3));
  }

  private static Tensor noise(int n, int height, int width) {
    Philox random = new Philox(3, 0);
    float[] values = new float[n * height * width * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(Backends.cpu().memory(), Shape.of(n, height, width, 3), values);
  }
}
