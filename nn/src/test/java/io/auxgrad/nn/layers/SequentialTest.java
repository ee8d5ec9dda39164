package io.auxgrad.nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.nn.optim.Adam;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class SequentialTest {
  private final Context context = Context.cpu(7);

  @Test
  void namesItsLayersByNumber() {
    try (var net =
        new Sequential(new Linear(context, 2, 3), ActivationLayer.relu())
            .add("head", new Linear(context, 3, 1))) {
      assertEquals(
          List.of("0.weight", "0.bias", "head.weight", "head.bias"),
          List.copyOf(net.parameters().keySet()));
      assertEquals(3, net.layers().size());
    }
  }

  @Test
  void freesWhatFlowsBetweenTheLayersInInference() {
    try (var net = new Sequential(block(), block(), new Dropout(context, 0.5f), block());
        var _ = TensorScope.open()) {
      net.train(false);
      Variable x =
          Variable.constant(
              Initializer.normal(1)
                  .create(context.memory(), Shape.of(1, 32, 32, 16), context.random()));
      net.forward(x).release(); // the blocks keep their folded weights
      int tensors = TensorScope.liveTensors();
      net.forward(x);
      assertEquals(tensors + 1, TensorScope.liveTensors(), TensorScope::report);
      assertTrue(x.value().isOpen());
    }
  }

  @Test
  void learnsExclusiveOr() {
    float[] inputs = {0, 0, 0, 1, 1, 0, 1, 1};
    float[] targets = {0, 1, 1, 0};
    try (var net =
            new Sequential(
                new Linear(context, 2, 16),
                new ActivationLayer(UnaryOp.TANH),
                new Linear(context, 16, 1));
        var optimizer = new Adam(List.of(new ParameterGroup("all", net.parameters(), 0.02, 0)));
        var _ = TensorScope.open()) {
      Variable x = Variable.constant(Tensor.of(context.memory(), Shape.of(4, 2), inputs));
      Variable target = Variable.constant(Tensor.of(context.memory(), Shape.of(4, 1), targets));
      float last = Float.NaN;
      for (int step = 0; step < 500; step++) {
        try (Tape tape = Tape.open()) {
          Variable loss = net.forward(x).minus(target).square().mean();
          tape.backward(loss);
          last = loss.value().item();
        }
        optimizer.step();
        optimizer.zeroGradients();
      }
      assertEquals(0, last, 1e-3);
    }
  }

  private ConvBn block() {
    return ConvBn.of(context, 16, 16, 3, 1, 1, Activation.RELU);
  }
}
