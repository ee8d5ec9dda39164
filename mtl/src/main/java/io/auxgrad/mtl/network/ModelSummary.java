package io.auxgrad.mtl.network;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Module;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.MacCounter;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * The size of a network.
 *
 * @param parameters trained values by part: the direct children of the network
 * @param macs multiply-accumulates of the convolutions and matrix products of one inference on one
 *     image
 */
public record ModelSummary(SequencedMap<String, Long> parameters, long macs) {
  /**
   * The size of {@code network}, found by running it on a black image {@code [1,height,width,3]}.
   */
  public static ModelSummary of(MultiTaskNetwork network, int height, int width) {
    return of(network, network::forward, Shape.of(1, height, width, 3));
  }

  /**
   * The size of any module.
   *
   * @param forward runs {@code module}
   * @param input shape of what {@code forward} is given, zeros
   */
  public static ModelSummary of(Module module, Consumer<Variable> forward, Shape input) {
    SequencedMap<String, Long> parameters = new LinkedHashMap<>();
    module.children().forEach((name, child) -> parameters.put(name, child.parameterCount()));
    DeviceMemory memory = module.state().values().iterator().next().memory();
    boolean training = module.isTraining();
    module.train(false);
    try (var _ = Tape.noGrad();
        var _ = TensorScope.open();
        MacCounter counter = MacCounter.open()) {
      forward.accept(Variable.constant(Tensor.zeros(memory, DType.FLOAT32, input)));
      return new ModelSummary(parameters, counter.macs());
    } finally {
      module.train(training);
    }
  }

  /** Trained values of all parts. */
  public long totalParameters() {
    return parameters.values().stream().mapToLong(Long::longValue).sum();
  }
}
