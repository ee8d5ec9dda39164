package io.auxgrad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.autograd.Checkpoint;
import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.layers.BatchNorm;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.nn.layers.Dropout;
import io.auxgrad.nn.layers.Sequential;
import io.auxgrad.nn.optim.Adam;
import io.auxgrad.nn.optim.Optimizer;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Recorded steps of layers that change with each step, plain and checkpointed. */
@ExtendWith(NoLeaks.class)
final class CapturedStepTest {
  private static final int STEPS = 6;

  /** Two segments with random numbers and running statistics, of which one is in the other. */
  private static final class Net implements AutoCloseable {
    final Context context = Context.cpu(3);
    final Sequential inner = block();
    final Sequential outer = block();
    final ParameterGroup group;
    final Optimizer adam;
    final Tensor images;
    private final boolean checkpoints;

    Net(boolean checkpoints) {
      this.checkpoints = checkpoints;
      Sequential all = new Sequential().add(inner).add(outer);
      group = new ParameterGroup("all", all.parameters(), 0.01, 0);
      adam = new Adam(List.of(group));
      images = Tensor.zeros(context.memory(), DType.FLOAT32, Shape.of(2, 4, 4, 8));
    }

    private Sequential block() {
      return new Sequential()
          .add(Conv2d.builder(context, 8, 8, 3).padding(1).build())
          .add(new BatchNorm(context, 8))
          .add(new Dropout(context, 0.4f));
    }

    private Variable segment(Variable x) {
      return checkpoints
          ? Checkpoint.of(
              y -> outer.forward(Checkpoint.of(z -> inner.forward(z).relu(), y)).relu(), x)
          : outer.forward(inner.forward(x).relu()).relu();
    }

    void step() {
      try (Tape tape = Tape.open()) {
        tape.backward(segment(Variable.constant(images)).square().mean());
      }
      adam.step();
      adam.zeroGradients();
    }

    void prepare(int step) {
      float[] values = new float[(int) images.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) Math.sin(i + 31 * step);
      }
      images.set(values);
      adam.scaleLearningRates(1.0 / (1 + step));
    }

    List<float[]> state() {
      List<float[]> state = new ArrayList<>();
      inner.state().values().forEach(t -> state.add(t.toFloats()));
      outer.state().values().forEach(t -> state.add(t.toFloats()));
      return state;
    }

    @Override
    public void close() {
      adam.close();
      images.close();
      inner.close();
      outer.close();
    }
  }

  @Test
  void giveTheBytesOfEagerOnes() {
    assertSameBytes(false);
  }

  @Test
  void giveTheBytesOfEagerOnesWithCheckpoints() {
    assertSameBytes(true);
  }

  private static void assertSameBytes(boolean checkpoints) {
    try (Net eager = new Net(checkpoints);
        Net recorded = new Net(checkpoints)) {
      Replay replay = null;
      for (int step = 0; step < STEPS; step++) {
        eager.prepare(step);
        eager.step();
        recorded.prepare(step);
        if (replay != null) {
          replay.run();
        } else if (step == 2) {
          replay = recorded.context.backend().record(recorded::step);
        } else {
          recorded.step();
        }
      }
      List<float[]> want = eager.state();
      List<float[]> got = recorded.state();
      for (int i = 0; i < want.size(); i++) {
        assertArrayEquals(want.get(i), got.get(i), "tensor " + i);
      }
      assertEquals(STEPS, recorded.adam.steps());
      assertEquals(
          RandomState.of(eager.context.random()), RandomState.of(recorded.context.random()));
      replay.close();
    }
  }

  /** It makes what later ones go on with. */
  @Test
  void theFirstStepOfAParameterIsNotReplayed() {
    try (Net net = new Net(false)) {
      net.prepare(0);
      try (Replay replay = net.context.backend().record(net::step)) {
        assertThrows(IllegalStateException.class, replay::run);
      }
    }
  }
}
