package io.auxgrad.mtl.network;

import io.auxgrad.autograd.IndexingGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.network.AuxiliaryOptions.Fusion;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Module;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.backbones.Backbone;
import io.auxgrad.nn.init.Fan;
import io.auxgrad.nn.init.Initializer;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.nn.layers.ConvBn;
import io.auxgrad.tensor.ops.Activation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One stream of the {@link AuxiliaryModule} along the taps; a child for each, named like the tap.
 */
final class AuxiliaryStream extends Module {
  private static final Initializer INITIALIZER = Initializer.kaimingNormal(Fan.Mode.OUT);

  private final SequencedMap<String, ConvBn> adapters = new LinkedHashMap<>();
  private final Fusion fusion;

  /** Walks {@code taps} in the order given. */
  AuxiliaryStream(Context context, List<Backbone.Level> taps, Fusion fusion, int channels) {
    this.fusion = fusion;
    for (Backbone.Level tap : taps) {
      boolean joined = fusion == Fusion.CONCAT && !adapters.isEmpty();
      int in = tap.channels() + (joined ? channels : 0);
      Conv2d.Builder conv = Conv2d.builder(context, in, channels, 1).init(INITIALIZER);
      adapters.put(tap.name(), child(tap.name(), new ConvBn(conv, context, Activation.RELU)));
    }
  }

  /** The stream after its last tap, {@code [N,h,w,channels]} at the size of that tap's map. */
  Variable forward(Map<String, Variable> maps) {
    return Scratch.run(() -> stream(maps));
  }

  private Variable stream(Map<String, Variable> maps) {
    Variable h = null;
    for (Map.Entry<String, ConvBn> adapter : adapters.entrySet()) {
      Variable map = maps.get(adapter.getKey());
      Variable before = h == null ? null : RefineNetDecoder.resizeLike(h, map);
      h = fuse(adapter.getValue(), map, before);
    }
    return h;
  }

  private Variable fuse(ConvBn adapter, Variable map, Variable beforeOrNull) {
    return fusion == Fusion.CONCAT && beforeOrNull != null
        ? adapter.forward(IndexingGradients.concat(List.of(beforeOrNull, map), -1))
        : adapter.forward(map, beforeOrNull);
  }
}
