package io.auxgrad.nn.backbones;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Module;
import java.util.List;
import java.util.SequencedMap;

/** A feature extractor. */
public abstract class Backbone extends Module {
  /**
   * A feature map.
   *
   * @param name of the map
   * @param channels its last extent
   * @param stride by which it is smaller than the image, rounded up at each halving
   */
  public record Level(String name, int channels, int stride) {}

  /** The feature maps of {@link #forward}, finest first. */
  public abstract List<Level> levels();

  /**
   * The feature maps {@code [N, ceil(H/stride), ceil(W/stride), channels]} of images {@code
   * [N,H,W,3]}, by name, finest first.
   */
  public abstract SequencedMap<String, Variable> forward(Variable images);
}
