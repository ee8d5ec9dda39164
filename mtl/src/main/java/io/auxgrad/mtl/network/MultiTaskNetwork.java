package io.auxgrad.mtl.network;

import io.auxgrad.autograd.PointwiseGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Module;
import io.auxgrad.nn.Precision;
import io.auxgrad.nn.backbones.Backbone;
import io.auxgrad.nn.backbones.MobileNetV2;
import io.auxgrad.nn.backbones.ResNet;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A network for several dense predictions at once: a shared encoder and decoder, a head per task;
 * in training optionally with the auxiliary module of arXiv 1909.02214. {@link NetworkConfig} says
 * which ones, such as the multi-task light-weight RefineNet on MobileNetV2 or DeepLabv3 on a
 * ResNet.
 *
 * <pre>{@code
 * var config = NetworkConfig.of(1.0, 256, tasks, AuxiliaryOptions.standard(64));
 * try (var network = new MultiTaskNetwork(Context.cpu(seed), config); Tape tape = Tape.open()) {
 *   Outputs outputs = network.forward(Variable.constant(images));   // [N,H,W,3]
 *   ...
 * }
 * }</pre>
 *
 * <p>Children {@code encoder}, {@code decoder}, {@code heads.<task>} and {@code auxiliary}. The
 * auxiliary module is initialised last: the same seed gives the same network with it and without
 * it.
 *
 * <p>It computes in float32 unless told {@linkplain #precision(Precision) otherwise}; images come
 * and outputs go in float32 in any case.
 */
public final class MultiTaskNetwork extends Module {
  private final NetworkConfig config;
  private final Backend backend;
  private final Backbone encoder;
  private final Decoder decoder;
  private final SequencedMap<String, Layer> heads = new LinkedHashMap<>();
  private final AuxiliaryModule auxiliaryOrNull;
  private Precision precision = Precision.FP32;

  /** With fresh weights, in training mode. */
  public MultiTaskNetwork(Context context, NetworkConfig config) {
    this.backend = context.backend();
    this.config = config;
    encoder = child("encoder", encoder(context, config.encoder()));
    decoder = child("decoder", decoder(context, encoder.levels(), config.decoder()));
    Group group = child("heads", new Group());
    config
        .outputs()
        .forEach(
            (task, outputs) -> heads.put(task, group.add(task, decoder.head(context, outputs))));
    auxiliaryOrNull = config.auxiliary() == null ? null : auxiliaryModule(context);
  }

  private static Backbone encoder(Context context, EncoderOptions options) {
    return switch (options) {
      case EncoderOptions.MobileNetV2 o -> new MobileNetV2(context, o.width());
      case EncoderOptions.ResNet o -> new ResNet(context, o.depth(), o.outputStride(), o.width());
    };
  }

  private static Decoder decoder(
      Context context, List<Backbone.Level> encoder, DecoderOptions options) {
    return switch (options) {
      case DecoderOptions.RefineNet o -> new RefineNetDecoder(context, encoder, o.channels());
      case DecoderOptions.DeepLabV3 o -> new Aspp(context, encoder, o);
    };
  }

  private AuxiliaryModule auxiliaryModule(Context context) {
    List<Backbone.Level> maps = new ArrayList<>(encoder.levels());
    maps.addAll(decoder.levels());
    return child(
        "auxiliary", new AuxiliaryModule(context, config.auxiliary(), maps, config.outputs()));
  }

  /** What this network is built of. */
  public NetworkConfig config() {
    return config;
  }

  /**
   * What it computes in from now on; parameters stay float32.
   *
   * @throws TensorException if its device has no TF32 and that is asked for
   */
  public void precision(Precision precision) {
    if (precision == Precision.TF32 && !backend.multipliesTf32()) {
      throw new TensorException(
          "precision tf32: %s does not multiply TF32, which NVIDIA's GPUs of compute capability 8.0 and newer do, with cuDNN and cuBLAS; use fp32 or bf16"
              .formatted(backend.memory().device()));
    }
    this.precision = precision;
    math(precision.math());
  }

  /** What it computes in. */
  public Precision precision() {
    return precision;
  }

  /** Whether training computes the encoder's blocks twice to keep less of them. */
  public void checkpointing(boolean on) {
    encoder.checkpointing(on);
  }

  /**
   * The outputs for normalised images {@code [N,H,W,3]} of any height and width. They belong to the
   * current scope; what was made on the way is closed, but for what a tape has saved.
   */
  public Outputs forward(Variable images) {
    try (TensorScope scope = TensorScope.open()) {
      Outputs outputs = run(images);
      outputs.main().values().forEach(v -> scope.keep(v.value()));
      outputs.auxiliary().values().forEach(v -> scope.keep(v.value()));
      return outputs;
    }
  }

  private Outputs run(Variable images) {
    Variable input = PointwiseGradients.cast(images, precision.activations());
    Map<String, Variable> maps = new LinkedHashMap<>(encoder.forward(input));
    SequencedMap<String, Variable> stages = decoder.forward(maps);
    Variable shared = stages.lastEntry().getValue();
    SequencedMap<String, Variable> main = new LinkedHashMap<>();
    heads.forEach((task, head) -> main.put(task, head.forward(shared)));
    maps.putAll(stages);
    boolean withAuxiliary = auxiliaryOrNull != null && isTraining();
    return new Outputs(main, withAuxiliary ? auxiliaryOrNull.forward(maps) : new LinkedHashMap<>());
  }

  /**
   * A copy without the auxiliary module, in inference mode: the same outputs bit for bit, the
   * parameters, the arithmetic and the precision of the plain network. The caller closes it.
   */
  public MultiTaskNetwork deploy() {
    Context fresh = new Context(backend, new Philox(0, 0));
    MultiTaskNetwork copy = new MultiTaskNetwork(fresh, config.deployed());
    Map<String, Tensor> state = state();
    copy.state().forEach((name, tensor) -> backend.pointwise().copy(state.get(name), tensor));
    copy.train(false);
    copy.precision(precision);
    return copy;
  }
}
