package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.Batches;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.network.Networks.Narrow;
import io.auxgrad.mtl.weighting.FixedWeighting;
import io.auxgrad.nn.backbones.Backbone;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@ExtendWith(NoLeaks.class)
final class MultiTaskNetworkTest {
  private static final Map<String, Double> WEIGHTS =
      Map.of("segmentation", 1.0, "depth", 0.5, "normals", 2.0);
  private static final float LAMBDA = 0.4f;

  private final Narrow narrow;

  MultiTaskNetworkTest(Narrow narrow) {
    this.narrow = narrow;
  }

  private static Losses losses(MultiTaskNetwork network, Batch batch) {
    var loss =
        new MultiTaskLoss(Networks.tasks(5, Penalty.BERHU), new FixedWeighting(WEIGHTS), LAMBDA);
    return loss.of(network.forward(Variable.constant(batch.images())), batch);
  }

  @Test
  void outputsHaveTheirStrideAtAnySize() {
    try (var network = narrow.network(3);
        Batch batch = Batches.rectangles(2, 57, 91, 5, 1);
        var _ = TensorScope.open()) {
      Outputs outputs = network.forward(Variable.constant(batch.images()));
      int height = Math.ceilDiv(57, narrow.stride());
      int width = Math.ceilDiv(91, narrow.stride());
      assertEquals(Shape.of(2, height, width, 5), outputs.main().get("segmentation").shape());
      assertEquals(Shape.of(2, height, width, 1), outputs.main().get("depth").shape());
      assertEquals(Shape.of(2, 15, 23, 3), outputs.auxiliary().get("normals").shape());
    }
  }

  @Test
  void theOptionsNameTheMapsThatTheNetworkMakes() {
    try (var network = narrow.network(3)) {
      NetworkConfig config = network.config();
      List<String> levels = new ArrayList<>();
      ((Backbone) network.children().get("encoder")).levels().forEach(l -> levels.add(l.name()));
      ((Decoder) network.children().get("decoder")).levels().forEach(l -> levels.add(l.name()));
      assertEquals(levels, NetworkConfig.maps(config.encoder(), config.decoder()));
    }
  }

  @Test
  void auxiliaryOutputsExistOnlyInTraining() {
    try (var network = narrow.network(3);
        Batch batch = Batches.rectangles(2, 40, 40, 5, 1);
        var _ = TensorScope.open()) {
      Variable images = Variable.constant(batch.images());
      assertEquals(WEIGHTS.keySet(), network.forward(images).auxiliary().keySet());
      network.train(false);
      assertTrue(network.forward(images).auxiliary().isEmpty());
    }
  }

  @Test
  void deployedOutputsAreBitIdentical() {
    try (var network = narrow.network(3);
        Batch batch = Batches.rectangles(2, 48, 64, 5, 1)) {
      moveRunningStatistics(network, batch);
      network.train(false);
      try (var deployed = network.deploy();
          var _ = TensorScope.open()) {
        Variable images = Variable.constant(batch.images());
        var before = network.forward(images).main();
        var after = deployed.forward(images).main();
        assertEquals(before.keySet(), after.keySet());
        before.forEach((task, output) ->
            assertArrayEquals(output.value().toFloats(), after.get(task).value().toFloats(), task));
        assertFalse(deployed.children().containsKey("auxiliary"));
        assertFalse(deployed.isTraining());
      }
    }
  }

  private static void moveRunningStatistics(MultiTaskNetwork network, Batch batch) {
    try (var _ = TensorScope.open()) {
      network.forward(Variable.constant(batch.images()));
    }
  }

  @Test
  void theSameSeedGivesTheSameNetworkWithTheAuxiliaryModuleAndWithout() {
    try (var with = narrow.network(9);
        var without = narrow.plain(9)) {
      Map<String, Tensor> state = with.state();
      without
          .state()
          .forEach((name, t) -> assertArrayEquals(t.toFloats(), state.get(name).toFloats(), name));
      Set<String> own = new HashSet<>(state.keySet());
      own.removeAll(without.state().keySet());
      assertTrue(own.stream().allMatch(name -> name.startsWith("auxiliary.")));
    }
  }

  @Test
  void everyParameterGetsAGradient() {
    try (var network = narrow.network(3);
        Batch batch = Batches.rectangles(2, 48, 64, 5, 1);
        Tape tape = Tape.open()) {
      tape.backward(losses(network, batch).total());
      network.parameters().forEach((name, p) -> assertNotNull(p.gradient(), name));
    }
  }

  @Test
  void anAuxiliaryLossReachesTheSharedLayersAndItsOwnOnly() {
    try (var network = narrow.network(3);
        Batch batch = Batches.rectangles(2, 48, 64, 5, 1);
        Tape tape = Tape.open()) {
      tape.backward(losses(network, batch).auxiliary().get("depth"));
      var parameters = network.parameters();
      String stem = parameters.keySet().iterator().next();
      assertTrue(stem.startsWith("encoder."), stem);
      assertNotNull(parameters.get(stem).gradient());
      assertNotNull(parameters.get("auxiliary.heads.depth.weight").gradient());
      assertNull(parameters.get("auxiliary.heads.normals.weight").gradient());
      String otherStream = "auxiliary.streams.normals." + narrow.taps().getLast();
      assertNull(parameters.get(otherStream + ".conv.weight").gradient());
      parameters.forEach(
          (name, p) -> assertTrue(!name.startsWith("heads.") || p.gradient() == null, name));
    }
  }

  @Test
  void theTotalIsTheWeightedSumOfMainAndAuxiliaryLosses() {
    try (var network = narrow.network(3);
        Batch batch = Batches.rectangles(2, 48, 64, 5, 1);
        var _ = TensorScope.open()) {
      Losses losses = losses(network, batch);
      double want = 0;
      for (var weight : WEIGHTS.entrySet()) {
        double main = losses.main().get(weight.getKey()).value().item();
        double auxiliary = losses.auxiliary().get(weight.getKey()).value().item();
        want += weight.getValue() * (main + LAMBDA * auxiliary);
      }
      assertEquals(want, losses.total().value().item(), 1e-5 * want);
    }
  }
}
