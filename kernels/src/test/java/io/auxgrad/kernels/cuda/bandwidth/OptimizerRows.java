package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.FLOAT32;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.AdamStep;
import io.auxgrad.tensor.ops.OptimizerOps.Adam;
import io.auxgrad.tensor.ops.OptimizerOps.Sgd;
import java.util.List;

/** Steps over many weights at once. */
final class OptimizerRows {
  private static final Sgd SGD = new Sgd(1e-6f, 0.9f, 0, false, 1e-4f);
  private static final Adam ADAM = new Adam(1e-6f, 0.9f, 0.999f, 1e-8f, 1e-4f, true);

  private OptimizerRows() {}

  static List<Row> all() {
    return List.of(
        Row.only(
            FLOAT32,
            "SGD with momentum",
            Traffic.ofLists(3, 2),
            b -> {
              List<Tensor> values = b.weights();
              List<Tensor> gradients = b.weights();
              List<Tensor> velocities = b.weights();
              Tensor numbers = SGD.on(b.ops().memory());
              return () ->
                  b.ops().optimizer().sgd(values, gradients, velocities, false, numbers, null);
            }),
        Row.only(
            FLOAT32,
            "AdamW",
            Traffic.ofLists(4, 3),
            b -> {
              List<Tensor> values = b.weights();
              List<Tensor> gradients = b.weights();
              List<Tensor> means = b.weights();
              List<Tensor> squares = b.weights();
              Tensor numbers = AdamStep.of(ADAM, 10).on(b.ops().memory());
              return () ->
                  b.ops().optimizer().adam(values, gradients, means, squares, numbers, null);
            }),
        Row.only(
            FLOAT32,
            "average of weights",
            Traffic.ofLists(2, 1),
            b -> {
              List<Tensor> averages = b.weights();
              List<Tensor> values = b.weights();
              return () -> b.ops().optimizer().average(averages, values, 0.999f, null);
            }),
        Row.only(
            FLOAT32,
            "scale of weights",
            Traffic.ofLists(1, 1),
            b -> {
              List<Tensor> tensors = b.weights();
              return () -> b.ops().optimizer().scale(tensors, 0.999f);
            }),
        Row.only(
            FLOAT32,
            "norm of gradients that need no clipping",
            Traffic.ONCE,
            b -> {
              List<Tensor> gradients = b.weights();
              Tensor losses = Tensor.of(b.ops().memory(), Shape.of(1), 1);
              Tensor verdict = Tensor.of(b.ops().memory(), Shape.of(3), 0, 0, 0);
              return () -> b.ops().optimizer().clip(losses, gradients, 1e30, verdict);
            }),
        Row.only(
            FLOAT32,
            "sum of squares, and the wait for it",
            Traffic.ONCE,
            b -> {
              List<Tensor> tensors = b.weights();
              return () -> b.ops().optimizer().sumOfSquares(tensors);
            }));
  }
}
