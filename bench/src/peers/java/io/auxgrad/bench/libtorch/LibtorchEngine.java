package io.auxgrad.bench.libtorch;

import io.auxgrad.bench.engine.Engine;
import io.auxgrad.bench.engine.TorchScript;
import io.auxgrad.bench.engine.UnsupportedWorkException;
import io.auxgrad.bench.ops.Op;
import io.auxgrad.bench.work.Workload;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.parameter_iterator;
import org.bytedeco.pytorch.parameter_list;

/** libtorch runs what PyTorch has traced: see {@link TorchScript}. */
final class LibtorchEngine implements Engine {
  LibtorchEngine(int threads) {
    torch.set_num_threads(threads);
  }

  @Override
  public Work op(Op op) {
    throw new UnsupportedWorkException("libtorch's ops are those of PyTorch eager");
  }

  @Override
  public Work train(Workload workload) {
    JitModule module = load("train", workload);
    IValue images = images(workload);
    TensorVector parameters = parameters(module);
    SGDOptions options = new SGDOptions(1e-3);
    options.momentum().put(0.9);
    options.weight_decay().put(1e-4);
    SGD sgd = new SGD(parameters, options);
    return times -> {
      for (int i = 0; i < times; i++) {
        step(module, images, sgd);
      }
    };
  }

  private static void step(JitModule module, IValue images, SGD sgd) {
    try (PointerScope scope = new PointerScope()) {
      sgd.zero_grad();
      Tensor loss = module.forward(new IValueVector(images)).toTensor();
      loss.backward();
      sgd.step();
      if (!Float.isFinite(loss.item_float())) {
        throw new IllegalStateException("the loss is not finite");
      }
    }
  }

  @Override
  public Work infer(Workload workload) {
    JitModule module = torch.optimize_for_inference(load("infer", workload));
    IValue images = images(workload);
    return times -> {
      for (int i = 0; i < times; i++) {
        try (PointerScope scope = new PointerScope();
            NoGradGuard off = new NoGradGuard()) {
          module.forward(new IValueVector(images));
        }
      }
    };
  }

  private static IValue images(Workload workload) {
    return new IValue(torch.randn(workload.batch(), workload.height(), workload.width(), 3));
  }

  private static JitModule load(String mode, Workload workload) {
    return TorchScript.with(mode, workload, file -> torch.load(file.toString()));
  }

  private static TensorVector parameters(JitModule module) {
    TensorVector parameters = new TensorVector();
    parameter_list list = module.parameters();
    parameter_iterator end = list.end();
    for (parameter_iterator at = list.begin(); at.notEquals(end); at.increment()) {
      parameters.push_back(at.multiply());
    }
    return parameters;
  }
}
