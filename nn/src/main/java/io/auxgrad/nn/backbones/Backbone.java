package io.auxgrad.nn.backbones;

import io.auxgrad.autograd.Checkpoint;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Module;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.layers.Sequential;
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

  private boolean checkpointing;

  /**
   * Whether training keeps of each block of a stage nothing but its input, and computes the block
   * again in the backward pass: for less memory and more time. Gradients are the same bytes, unless
   * a map goes elsewhere too and into a block that uses it twice, as ResNet's do: their sum is then
   * taken in another order. Off at first.
   */
  public final void checkpointing(boolean on) {
    checkpointing = on;
  }

  /** A stage's blocks one after the other. */
  final Variable stage(Sequential blocks, Variable x) {
    if (!checkpointing || !isTraining()) {
      return blocks.forward(x);
    }
    return Scratch.run(() -> {
      Variable current = x;
      for (Layer block : blocks.layers()) {
        Variable next = Checkpoint.of(block::forward, current);
        if (current != x) {
          current.release();
        }
        current = next;
      }
      return current;
    });
  }

  /** The feature maps of {@link #forward}, finest first. */
  public abstract List<Level> levels();

  /**
   * The feature maps {@code [N, ceil(H/stride), ceil(W/stride), channels]} of images {@code
   * [N,H,W,3]}, by name, finest first.
   */
  public abstract SequencedMap<String, Variable> forward(Variable images);
}
