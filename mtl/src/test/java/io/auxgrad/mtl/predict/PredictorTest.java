package io.auxgrad.mtl.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.StandInGpu;
import io.auxgrad.mtl.network.AuxiliaryOptions;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.mtl.network.Outputs;
import io.auxgrad.mtl.tasks.DepthTask;
import io.auxgrad.mtl.tasks.NormalsTask;
import io.auxgrad.mtl.tasks.SegmentationTask;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PredictorTest {
  static final Shape IMAGES = Shape.of(1, 37, 50, 3);
  static final List<Task> TASKS =
      List.of(new SegmentationTask(5), new DepthTask(Penalty.BERHU), new NormalsTask());

  private Backend backend = Backends.cpu();
  private MultiTaskNetwork network = network(backend);

  /** A small one in inference mode. */
  static MultiTaskNetwork network(Backend backend) {
    NetworkConfig config = NetworkConfig.of(0.25, 16, TASKS, AuxiliaryOptions.standard(8));
    try (var trained = new MultiTaskNetwork(new Context(backend, new Philox(3, 0)), config)) {
      return trained.deploy();
    }
  }

  @AfterEach
  void close() {
    network.close();
  }

  private Tensor images(int seed) {
    return Initializer.normal(1).create(backend.memory(), IMAGES, new Philox(seed, 0));
  }

  private List<float[]> eager(Tensor images) {
    try (var _ = TensorScope.open();
        var _ = Tape.noGrad()) {
      Outputs outputs = network.forward(Variable.constant(images));
      return TASKS.stream()
          .map(t -> t.predict(outputs.main().get(t.name()).value(), IMAGES.dim(1), IMAGES.dim(2)))
          .map(Tensor::toFloats)
          .toList();
    }
  }

  private List<float[]> predicted(Predictor predictor, Tensor images) {
    try (Prediction prediction = predictor.predict(images)) {
      return prediction.all().values().stream().map(Tensor::toFloats).toList();
    }
  }

  private static void assertSameBytes(List<float[]> want, List<float[]> got) {
    assertEquals(want.size(), got.size());
    for (int i = 0; i < want.size(); i++) {
      assertArrayEquals(want.get(i), got.get(i), 0);
    }
  }

  @Test
  void predictsTheSameBytesAsTheNetwork() {
    try (var _ = TensorScope.open();
        Predictor predictor = new Predictor(backend, network, TASKS, IMAGES, 1)) {
      for (int seed = 0; seed < 3; seed++) {
        Tensor images = images(seed);
        assertSameBytes(eager(images), predicted(predictor, images));
      }
    }
  }

  @Test
  void servesManyThreads() throws InterruptedException, ExecutionException {
    serveManyThreads(40);
  }

  /** Though a GPU itself takes one at a time. */
  @Test
  void servesManyThreadsOnAGpu() throws InterruptedException, ExecutionException {
    assumeTrue(StandInGpu.available(), "needs g++");
    network.close();
    backend = StandInGpu.inOrder();
    network = network(backend);
    serveManyThreads(12);
  }

  private void serveManyThreads(int times) throws InterruptedException, ExecutionException {
    try (var _ = TensorScope.open();
        Predictor predictor = new Predictor(backend, network, TASKS, IMAGES, 2);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Tensor> images = List.of(images(0), images(1), images(2), images(3));
      List<List<float[]>> want = images.stream().map(this::eager).toList();
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        int n = i % images.size();
        done.add(
            threads.submit(
                () -> assertSameBytes(want.get(n), predicted(predictor, images.get(n)))));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
  }

  @Test
  void makesNoTensor() {
    try (var _ = TensorScope.open();
        Predictor predictor = new Predictor(backend, network, TASKS, IMAGES, 1)) {
      Tensor images = images(0);
      int tensors = TensorScope.liveTensors();
      predictor.predict(images).close();
      assertEquals(tensors, TensorScope.liveTensors());
    }
  }

  @Test
  void givesItsMemoryBack() {
    new Predictor(backend, network, TASKS, IMAGES, 1).close();
    int tensors = TensorScope.liveTensors();
    new Predictor(backend, network, TASKS, IMAGES, 2).close();
    assertEquals(tensors, TensorScope.liveTensors(), TensorScope::report);
  }

  @Test
  void refusesImagesOfAnotherShape() {
    try (var _ = TensorScope.open();
        Predictor predictor = new Predictor(backend, network, TASKS, IMAGES, 1)) {
      Tensor other = Tensor.of(backend.memory(), Shape.of(1, 1, 1, 3), 1, 2, 3);
      TensorException refusal = assertThrows(TensorException.class, () -> predictor.predict(other));
      assertTrue(refusal.getMessage().contains("[1,37,50,3]"), refusal::getMessage);
    }
  }

  @Test
  void refusesANetworkInTrainingMode() {
    network.train(true);
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Predictor(backend, network, TASKS, IMAGES, 1));
    assertTrue(refusal.getMessage().contains("training mode"), refusal::getMessage);
  }

  @Test
  void aClosedPredictionIsNotReadAnyMore() {
    try (var _ = TensorScope.open();
        Predictor predictor = new Predictor(backend, network, TASKS, IMAGES, 1)) {
      Prediction prediction = predictor.predict(images(0));
      Tensor depth = prediction.of("depth");
      assertEquals(Shape.of(1, 37, 50, 1), depth.shape());
      assertThrows(TensorException.class, () -> prediction.of("weather"));
      prediction.close();
      prediction.close();
      assertThrows(IllegalStateException.class, () -> prediction.of("depth"));
      try (Prediction next = predictor.predict(images(1))) {
        assertSame(depth, next.of("depth"));
      }
    }
  }
}
