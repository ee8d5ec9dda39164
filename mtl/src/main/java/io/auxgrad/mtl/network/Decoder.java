package io.auxgrad.mtl.network;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Module;
import io.auxgrad.nn.backbones.Backbone;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Makes the map that all heads take from those of the encoder. */
abstract sealed class Decoder extends Module permits RefineNetDecoder, Aspp {
  /** The maps of {@link #forward}, in the same order. */
  abstract List<Backbone.Level> levels();

  /** The maps it makes of the encoder's, by name; the last one is what heads take. */
  abstract SequencedMap<String, Variable> forward(Map<String, Variable> encoder);

  /** A new head that goes with it: {@code [N,h,w,channels] -> [N,h,w,outputs]}. */
  abstract Layer head(Context context, int outputs);
}
