package io.auxgrad.bench.engine;

import io.auxgrad.bench.ops.AuxgradOps;
import io.auxgrad.bench.ops.Op;
import io.auxgrad.bench.work.DeviceBarrier;
import io.auxgrad.bench.work.InferencePass;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;

/** Our engine, on a GPU or on the threads of {@code -Dauxgrad.threads}. */
final class AuxgradEngine implements Engine {
  private final Backend backend;

  AuxgradEngine(Device device) {
    backend = Backends.of(device);
  }

  @Override
  public Work op(Op op) {
    TensorScope arguments = TensorScope.open();
    Runnable body = AuxgradOps.prepare(op);
    return work(body, arguments::close);
  }

  @Override
  public Work train(Workload workload) {
    TrainingStep step = new TrainingStep(workload, backend);
    return work(step::run, step::close);
  }

  @Override
  public Work infer(Workload workload) {
    InferencePass pass = new InferencePass(workload, backend);
    return work(pass::run, pass::close);
  }

  private Work work(Runnable body, Runnable close) {
    DeviceBarrier barrier = new DeviceBarrier(backend.memory());
    return new Work() {
      @Override
      public void run(int times) {
        for (int i = 0; i < times; i++) {
          body.run();
        }
        barrier.await();
      }

      @Override
      public void close() {
        barrier.close();
        close.run();
      }
    };
  }
}
