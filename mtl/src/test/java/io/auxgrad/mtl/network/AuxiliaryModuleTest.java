package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.Batches;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.AuxiliaryOptions.Direction;
import io.auxgrad.mtl.network.AuxiliaryOptions.Fusion;
import io.auxgrad.mtl.network.AuxiliaryOptions.Sharing;
import io.auxgrad.nn.Module;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The options of the auxiliary module. */
@ExtendWith(NoLeaks.class)
final class AuxiliaryModuleTest {
  private static final int CHANNELS = 8;

  private static AuxiliaryOptions options(
      Sharing sharing, Direction direction, Fusion fusion, String... taps) {
    return new AuxiliaryOptions(List.of(taps), sharing, direction, fusion, CHANNELS);
  }

  private static Shape shapeOfDepth(MultiTaskNetwork network) {
    try (Batch batch = Batches.rectangles(2, 60, 76, 5, 1);
        var _ = TensorScope.open()) {
      Outputs outputs = network.forward(Variable.constant(batch.images()));
      return outputs.auxiliary().get("depth").shape();
    }
  }

  @Test
  void streamsWalkFromCoarseToFineOrBack() {
    String[] taps = {"crp2", "l7", "crp1"};
    var down = options(Sharing.PER_TASK, Direction.COARSE_TO_FINE, Fusion.SUM, taps);
    var up = options(Sharing.PER_TASK, Direction.FINE_TO_COARSE, Fusion.SUM, taps);
    try (var coarseToFine = Networks.narrow(3, down);
        var fineToCoarse = Networks.narrow(3, up)) {
      Module streams = coarseToFine.children().get("auxiliary").children().get("streams");
      assertEquals(
          List.of("l7", "crp2", "crp1"),
          List.copyOf(streams.children().get("depth").children().keySet()));
      assertEquals(Shape.of(2, 15, 19, 1), shapeOfDepth(coarseToFine));
      assertEquals(Shape.of(2, 2, 3, 1), shapeOfDepth(fineToCoarse));
    }
  }

  @Test
  void aSharedStreamServesAllHeads() {
    var shared = options(Sharing.SHARED, Direction.COARSE_TO_FINE, Fusion.SUM, "crp4", "crp1");
    try (var network = Networks.narrow(3, shared)) {
      Module auxiliary = network.children().get("auxiliary");
      assertEquals(
          List.of("shared"), List.copyOf(auxiliary.children().get("streams").children().keySet()));
      long adapters = 2 * (16 * CHANNELS + 2 * CHANNELS);
      long heads = 9 * CHANNELS * (5 + 1 + 3) + (5 + 1 + 3);
      assertEquals(adapters + heads, auxiliary.parameterCount());
      assertEquals(Shape.of(2, 15, 19, 1), shapeOfDepth(network));
    }
  }

  @Test
  void concatenationConvolvesStreamAndMapTogether() {
    var concat = options(Sharing.PER_TASK, Direction.COARSE_TO_FINE, Fusion.CONCAT, "crp4", "crp1");
    try (var network = Networks.narrow(3, concat)) {
      var state = network.state();
      assertEquals(
          Shape.of(CHANNELS, 1, 1, 16),
          state.get("auxiliary.streams.depth.crp4.conv.weight").shape());
      assertEquals(
          Shape.of(CHANNELS, 1, 1, 16 + CHANNELS),
          state.get("auxiliary.streams.depth.crp1.conv.weight").shape());
      assertEquals(Shape.of(2, 15, 19, 1), shapeOfDepth(network));
    }
  }

  @Test
  void anUnknownTapIsRefused() {
    var wrong = options(Sharing.PER_TASK, Direction.COARSE_TO_FINE, Fusion.SUM, "crp5");
    var e = assertThrows(IllegalArgumentException.class, () -> Networks.narrow(3, wrong));
    assertTrue(e.getMessage().startsWith("auxiliary module: no feature map 'crp5' to tap"));
    List<String> twice = List.of("l3", "l3");
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new AuxiliaryOptions(
                twice, Sharing.SHARED, Direction.COARSE_TO_FINE, Fusion.SUM, CHANNELS));
  }
}
