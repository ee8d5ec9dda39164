package io.auxgrad.mtl.predict;

import com.sun.management.ThreadMXBean;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.lang.management.ManagementFactory;

/** Prints the bytes of garbage in a prediction, in a JVM that does nothing else. */
final class PredictionGarbage {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int PREDICTIONS_PER_ROUND = 20;
  private static final int MOST_ROUNDS = 100;

  private PredictionGarbage() {}

  /**
   * Ends when there are few.
   *
   * @param arguments the bytes that are few
   */
  public static void main(String[] arguments) {
    long few = Long.parseLong(arguments[0]);
    Backend backend = Backends.cpu();
    try (var _ = TensorScope.open();
        var network = PredictorTest.network(backend);
        Predictor predictor =
            new Predictor(backend, network, PredictorTest.TASKS, PredictorTest.IMAGES, 1)) {
      Tensor images =
          Initializer.normal(1).create(backend.memory(), PredictorTest.IMAGES, new Philox(0, 0));
      long bytes = Long.MAX_VALUE;
      // Vectors are objects until the compiler has seen the loops that work on them.
      for (int round = 0; round < MOST_ROUNDS && bytes >= few; round++) {
        bytes = ofAPrediction(predictor, images);
      }
      System.out.println(bytes);
    }
  }

  private static long ofAPrediction(Predictor predictor, Tensor images) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < PREDICTIONS_PER_ROUND; i++) {
      predictor.predict(images).close();
    }
    return (THREADS.getCurrentThreadAllocatedBytes() - before) / PREDICTIONS_PER_ROUND;
  }
}
