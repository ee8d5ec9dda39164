package io.auxgrad.mtl.network;

import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.network.AuxiliaryOptions.Direction;
import io.auxgrad.mtl.network.AuxiliaryOptions.Sharing;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Module;
import io.auxgrad.nn.backbones.Backbone;
import io.auxgrad.nn.layers.Conv2d;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The auxiliary module (Liu, Zhuang, Shen, Chen, Yin: "Auxiliary learning for deep multi-task
 * learning", arXiv 1909.02214): takes the outputs of shared layers, is supervised by losses of its
 * own, mimics soft parameter sharing while training, and is dropped afterwards. Its parameters are
 * disjoint from the network's.
 *
 * <p>Along the tapped maps {@code O_1..O_P} a stream keeps {@code h_p = ReLU(resample(h_{p-1}) +
 * BN(conv1x1(O_p)))}, as in the published code of the authors' sibling work on quantised networks;
 * a 3x3 convolution makes a prediction of {@code h_P} for each task, trained with the same labels
 * and loss as the main one: {@code L = sum_t w_t (L_t + lambda Laux_t)}.
 *
 * <p>The paper's text that is open to us leaves these to the implementer, so they are ours: which
 * maps are tapped ({@link DecoderOptions#standardTaps}, by default), the direction (coarse to
 * fine), resampling (bilinear, both ways), a stream per task, the sum, the width of the streams,
 * the head, {@code lambda}, and that the auxiliary tasks are the main tasks. All but resampling,
 * head and tasks are {@link AuxiliaryOptions}.
 *
 * <p>Children {@code streams.<task>.<tap>} (or {@code streams.shared.<tap>}) and {@code
 * heads.<task>}.
 */
final class AuxiliaryModule extends Module {
  private final SequencedMap<String, AuxiliaryStream> streams = new LinkedHashMap<>();
  private final SequencedMap<String, Conv2d> heads = new LinkedHashMap<>();
  private final Sharing sharing;

  AuxiliaryModule(
      Context context,
      AuxiliaryOptions options,
      List<Backbone.Level> maps,
      Map<String, Integer> outputs) {
    sharing = options.sharing();
    List<Backbone.Level> taps = inOrder(options, maps);
    Group streamGroup = child("streams", new Group());
    Group headGroup = child("heads", new Group());
    outputs.forEach((task, channels) -> {
      streams.computeIfAbsent(
          streamOf(task),
          name ->
              streamGroup.add(
                  name, new AuxiliaryStream(context, taps, options.fusion(), options.channels())));
      heads.put(
          task, headGroup.add(task, TaskHead.prediction(context, options.channels(), channels, 3)));
    });
  }

  private static List<Backbone.Level> inOrder(AuxiliaryOptions options, List<Backbone.Level> maps) {
    Comparator<Backbone.Level> byStride = Comparator.comparingInt(Backbone.Level::stride);
    return options.taps().stream()
        .map(name -> find(name, maps))
        .sorted(options.direction() == Direction.FINE_TO_COARSE ? byStride : byStride.reversed())
        .toList();
  }

  private static Backbone.Level find(String name, List<Backbone.Level> maps) {
    return maps.stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  private String streamOf(String task) {
    return sharing == Sharing.SHARED ? "shared" : task;
  }

  /** The auxiliary prediction {@code [N,h,w,outputs]} of each task from the shared maps by name. */
  SequencedMap<String, Variable> forward(Map<String, Variable> maps) {
    Map<String, Variable> ends = new LinkedHashMap<>();
    streams.forEach((name, stream) -> ends.put(name, stream.forward(maps)));
    SequencedMap<String, Variable> predictions = new LinkedHashMap<>();
    heads.forEach((task, head) -> predictions.put(task, head.forward(ends.get(streamOf(task)))));
    return predictions;
  }
}
