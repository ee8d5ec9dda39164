package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.network.Networks.Narrow;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeaks.class)
final class TorchLayoutTest {
  @Test
  void namesAreThoseOfThePublishedModels() {
    Map<String, String> names =
        Map.of(
            "encoder.layer1.bn.running_mean", "layer1.1.running_mean",
            "encoder.layer3.1.expand.conv.weight", "layer3.1.output.0.0.weight",
            "encoder.layer8.0.project.bn.bias", "layer8.0.output.2.1.bias",
            "decoder.conv8.weight", "conv8.weight",
            "decoder.crp1.conv4.weight", "crp1.0.4_outvar_dimred.weight",
            "decoder.conv_adapt2.weight", "conv_adapt2.weight",
            "heads.depth.pre.weight", "pre_depth.weight",
            "heads.normals.out.bias", "normal.bias",
            "auxiliary.streams.depth.crp4.conv.weight", "auxiliary.streams.depth.crp4.conv.weight");
    names.forEach((ours, torch) -> assertEquals(torch, TorchLayout.name(ours)));
  }

  @Test
  void namesAreThoseOfTorchvision() {
    Map<String, String> names =
        Map.of(
            "encoder.conv1.conv.weight", "backbone.conv1.weight",
            "encoder.conv1.bn.running_var", "backbone.bn1.running_var",
            "encoder.layer3.5.conv2.bn.bias", "backbone.layer3.5.bn2.bias",
            "encoder.layer2.0.downsample.conv.weight", "backbone.layer2.0.downsample.0.weight",
            "encoder.layer2.0.downsample.bn.weight", "backbone.layer2.0.downsample.1.weight",
            "decoder.branch0.conv.weight", "classifier.0.convs.0.0.weight",
            "decoder.image.bn.weight", "classifier.0.convs.4.2.weight",
            "decoder.project.conv.weight", "classifier.0.project.0.weight",
            "heads.segmentation.hidden.conv.weight", "classifier.1.weight",
            "heads.normals.prediction.bias", "heads.normals.3.bias");
    names.forEach((ours, torch) -> assertEquals(torch, TorchLayout.name(ours)));
  }

  @ParameterizedTest
  @EnumSource
  void noTwoNamesBecomeOne(Narrow narrow) {
    try (var network = narrow.network(1);
        var _ = TensorScope.open()) {
      assertEquals(network.state().size(), TorchLayout.export(network).size());
    }
  }

  @Test
  void weightsPutChannelsBeforeTheKernel() {
    try (var _ = TensorScope.open()) {
      Tensor weight = Tensor.of(Backends.cpu().memory(), Shape.of(1, 1, 2, 3), 1, 2, 3, 4, 5, 6);
      Tensor torch = TorchLayout.toTorch(weight);
      assertEquals(Shape.of(1, 3, 1, 2), torch.shape());
      assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, torch.toFloats());
      assertArrayEquals(weight.toFloats(), TorchLayout.fromTorch(torch).toFloats());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsExportedLoads(Narrow narrow) {
    try (var source = narrow.network(1);
        var target = narrow.network(2);
        var _ = TensorScope.open()) {
      TorchLayout.load(target, TorchLayout.export(source));
      Map<String, Tensor> loaded = target.state();
      source
          .state()
          .forEach((n, t) -> assertArrayEquals(t.toFloats(), loaded.get(n).toFloats(), n));
    }
  }

  @Test
  void loadingIsAllOrNothing() {
    try (var source = Networks.narrow(1, null);
        var target = Networks.narrow(2, null);
        var _ = TensorScope.open()) {
      float[] before = firstWeights(target);
      Map<String, Tensor> tensors = TorchLayout.export(source);
      Tensor head = tensors.remove("depth.weight");
      var missing = assertThrows(TensorException.class, () -> TorchLayout.load(target, tensors));
      assertEquals("torch weights: there is no depth.weight", missing.getMessage());
      tensors.put("depth.weight", head.reshape(Shape.of(16, 1, 3, 3)));
      var wrong = assertThrows(TensorException.class, () -> TorchLayout.load(target, tensors));
      assertTrue(wrong.getMessage().startsWith("torch weights: depth.weight is [16,1,3,3]"));
      assertArrayEquals(before, firstWeights(target));
    }
  }

  private static float[] firstWeights(MultiTaskNetwork network) {
    return network.state().get("encoder.layer1.conv.weight").toFloats();
  }
}
