package io.auxgrad.bench.engine;

import io.auxgrad.bench.ops.AuxgradOps;
import io.auxgrad.bench.ops.Op;
import io.auxgrad.bench.work.InferencePass;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.tensor.TensorScope;

/** Our engine, on the threads of {@code -Dauxgrad.threads}. */
final class AuxgradEngine implements Engine {
  @Override
  public Work op(Op op) {
    TensorScope arguments = TensorScope.open();
    Runnable body = AuxgradOps.prepare(op);
    return work(body, arguments::close);
  }

  @Override
  public Work train(Workload workload) {
    TrainingStep step = new TrainingStep(workload);
    return work(step::run, step::close);
  }

  @Override
  public Work infer(Workload workload) {
    InferencePass pass = new InferencePass(workload);
    return work(pass::run, pass::close);
  }

  private static Work work(Runnable body, Runnable close) {
    return new Work() {
      @Override
      public void run(int times) {
        for (int i = 0; i < times; i++) {
          body.run();
        }
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }
}
