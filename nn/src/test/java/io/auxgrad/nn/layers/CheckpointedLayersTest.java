package io.auxgrad.nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.autograd.Checkpoint;
import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Layers that draw or keep statistics do so once, however often a checkpoint computes them. */
@ExtendWith(NoLeaks.class)
class CheckpointedLayersTest {
  @Test
  void giveTheSameBytesAsWithoutCheckpoint() {
    Map<String, float[]> plain = step(false);
    Map<String, float[]> checkpointed = step(true);
    assertEquals(plain.keySet(), checkpointed.keySet());
    plain.forEach((name, values) -> assertArrayEquals(values, checkpointed.get(name), name));
  }

  /** All gradients, running statistics and the next random number after one step. */
  private static Map<String, float[]> step(boolean checkpoint) {
    Context context = Context.cpu(13);
    try (Sequential net = net(context);
        var _ = TensorScope.open()) {
      Variable x =
          Variable.parameter(
              Initializer.normal(1)
                  .create(context.memory(), Shape.of(2, 6, 5, 4), context.random()));
      try (Tape tape = Tape.open()) {
        Variable y = checkpoint ? Checkpoint.of(net::forward, x) : net.forward(x);
        tape.backward(y.square().mean());
      }
      Map<String, float[]> out = new LinkedHashMap<>();
      out.put("x", x.gradient().toFloats());
      x.zeroGradient();
      net.parameters().forEach((name, p) -> out.put(name, p.gradient().toFloats()));
      net.buffers().forEach((name, t) -> out.put(name, t.toFloats()));
      out.put("random", new float[] {context.random().nextFloat()});
      return out;
    }
  }

  private static Sequential net(Context context) {
    Layer first = ConvBn.of(context, 4, 8, 3, 1, 1, Activation.RELU6);
    Layer last = ConvBn.of(context, 8, 4, 1, 1, 1, Activation.IDENTITY);
    return new Sequential(first, new Dropout(context, 0.4f), last);
  }
}
