package io.auxgrad.nn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.layers.ActivationLayer;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.nn.layers.Sequential;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.nn.optim.Sgd;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A training step makes little for the garbage collector. */
@ExtendWith(NoLeaks.class)
final class GarbageTest {
  private static final int LAYERS = 4;
  private static final int STEPS_PER_ROUND = 200;
  private static final int MOST_ROUNDS = 300;
  private static final long ALLOWED_BYTES_PER_OP = 1024;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void aWarmStepMakesLittleGarbagePerOp() {
    Context context = Context.cpu(1);
    try (Sequential net = network(context);
        Tensor images = Tensor.zeros(context.memory(), DType.FLOAT32, Shape.of(2, 4, 4, 16));
        Sgd sgd = new Sgd(List.of(new ParameterGroup("net", net.parameters(), 0.01, 0)), 0.9)) {
      Variable x = Variable.constant(images);
      int ops = opsOfAStep(net, x, sgd);
      assertTrue(ops > 5 * LAYERS, ops + " ops were seen");
      // Until the compiler has seen all of it a step makes more.
      long perOp = Long.MAX_VALUE;
      for (int round = 0; round < MOST_ROUNDS && perOp >= ALLOWED_BYTES_PER_OP; round++) {
        perOp = garbageOfARound(net, x, sgd) / STEPS_PER_ROUND / ops;
      }
      assertTrue(perOp < ALLOWED_BYTES_PER_OP, perOp + " bytes of garbage per op");
    }
  }

  /** Forward, backward and the optimiser's. */
  private static int opsOfAStep(Sequential net, Variable x, Sgd sgd) {
    int[] ops = new int[1];
    Launch.Listener counter =
        (_, kernel, _) -> {
          ops[0]++;
          kernel.run();
        };
    Launch.listen(counter, () -> step(net, x, sgd));
    return ops[0];
  }

  private long garbageOfARound(Sequential net, Variable x, Sgd sgd) {
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < STEPS_PER_ROUND; i++) {
      step(net, x, sgd);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static Sequential network(Context context) {
    Sequential net = new Sequential();
    for (int i = 0; i < LAYERS; i++) {
      net.add(Conv2d.builder(context, 16, 16, 1).build()).add(ActivationLayer.relu());
    }
    return net;
  }

  private static void step(Sequential net, Variable x, Sgd sgd) {
    try (Tape tape = Tape.open()) {
      tape.backward(net.forward(x).square().mean());
    }
    sgd.step();
    sgd.zeroGradients();
  }
}
