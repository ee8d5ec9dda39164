package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.Batches;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.Networks.Narrow;
import io.auxgrad.mtl.tasks.SegmentationTask;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.backbones.ResNet.Depth;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is particular to DeepLabv3 on ResNets. */
@ExtendWith(NoLeaks.class)
final class DeepLabTest {
  private static MultiTaskNetwork deepLab(
      Depth depth, int outputStride, double width, int channels, List<Task> tasks) {
    return new MultiTaskNetwork(
        Context.cpu(1),
        NetworkConfig.of(
            new EncoderOptions.ResNet(depth, outputStride, width),
            new DecoderOptions.DeepLabV3(channels, 0.5),
            tasks,
            null));
  }

  /** torchvision's deeplabv3_resnet50 has 42,004,074, 2,365,205 of them in a second classifier. */
  @Test
  void hasThePublishedSize() {
    List<Task> tasks = List.of(new SegmentationTask(21));
    try (var network = deepLab(Depth.RESNET50, 8, 1, 256, tasks)) {
      long aspp = 2048L * 256 * (1 + 3 * 9 + 1) + 5 * 256 * 256 + 6 * 2 * 256;
      long head = 9L * 256 * 256 + 2 * 256 + 256 * 21 + 21;
      ModelSummary summary = ModelSummary.of(network, 64, 96);
      assertEquals(
          Map.of("encoder", 23_508_032L, "decoder", aspp, "heads", head), summary.parameters());
      assertEquals(42_004_074 - 2_365_205, network.parameterCount());
      long pixels = 8 * 12;
      long context = (2048L * 256 * (1 + 3 * 9) + 5 * 256 * 256) * pixels + 2048 * 256;
      long prediction = (9L * 256 * 256 + 256 * 21) * pixels;
      assertEquals(encoderMacs(64, 96) + context + prediction, summary.macs());
    }
  }

  /** Of ResNet-50 at output stride 8, from its table of layers. */
  private static long encoderMacs(int height, int width) {
    long half = (long) height / 2 * width / 2;
    long quarter = half / 4;
    long eighth = quarter / 4;
    long stem = 7 * 7 * 3 * 64 * half;
    long layer1 = quarter * (64 * 256 + blocks(64, 64, 3));
    long layer2 = 256 * 128 * quarter + eighth * (256 * 512 - 256 * 128 + blocks(256, 128, 4));
    long layer3 = eighth * (512 * 1024 + blocks(512, 256, 6));
    long layer4 = eighth * (1024 * 2048 + blocks(1024, 512, 3));
    return stem + layer1 + layer2 + layer3 + layer4;
  }

  /** Weights of the convolutions of a layer but for its shortcut. */
  private static long blocks(long in, long planes, int repeats) {
    long first = in * planes + 9 * planes * planes + 4 * planes * planes;
    return first
        + (repeats - 1) * (4 * planes * planes + 9 * planes * planes + 4 * planes * planes);
  }

  @ParameterizedTest
  @CsvSource({"8, 12, 24, 36", "16, 6, 12, 18", "32, 3, 6, 9"})
  void dilationsFollowTheOutputStride(int outputStride, int first, int second, int third) {
    try (var network =
        deepLab(Depth.RESNET18, outputStride, 0.1, 8, Networks.tasks(5, Penalty.L1))) {
      var aspp = network.children().get("decoder").children();
      List<Integer> dilations = List.of(first, second, third);
      assertEquals(Conv2dSpec.of(1, 0), ((ConvBn) aspp.get("branch0")).conv().spec());
      for (int i = 1; i <= 3; i++) {
        int dilation = dilations.get(i - 1);
        assertEquals(
            Conv2dSpec.of(1, dilation, dilation, 1),
            ((ConvBn) aspp.get("branch" + i)).conv().spec());
      }
    }
  }

  @Test
  void dropoutIsForTrainingOnly() {
    try (var network = Narrow.RESNET_DEEPLAB.plain(3);
        Batch batch = Batches.rectangles(2, 40, 56, 5, 1)) {
      assertFalse(Arrays.equals(depth(network, batch), depth(network, batch)));
      network.train(false);
      assertArrayEquals(depth(network, batch), depth(network, batch));
    }
  }

  private static float[] depth(MultiTaskNetwork network, Batch batch) {
    try (var _ = TensorScope.open()) {
      Variable images = Variable.constant(batch.images());
      return network.forward(images).main().get("depth").value().toFloats();
    }
  }

  @Test
  void theContextModuleCanBeTapped() {
    var auxiliary = AuxiliaryOptions.standard(List.of("aspp", "c2"), 8);
    var config =
        NetworkConfig.of(
            new EncoderOptions.ResNet(Depth.RESNET18, 16, 0.1),
            new DecoderOptions.DeepLabV3(8, 0.1),
            Networks.tasks(5, Penalty.L1),
            auxiliary);
    try (var network = new MultiTaskNetwork(Context.cpu(1), config)) {
      assertEquals(
          8 * 8,
          network.parameters().get("auxiliary.streams.depth.aspp.conv.weight").value().size());
    }
  }

  @Test
  void refineNetTakesNoDilatedEncoder() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                NetworkConfig.of(
                    new EncoderOptions.ResNet(Depth.RESNET18, 8, 1),
                    new DecoderOptions.RefineNet(16),
                    Networks.tasks(5, Penalty.L1),
                    null));
    assertTrue(e.getMessage().contains("output stride 8"), e.getMessage());
  }
}
