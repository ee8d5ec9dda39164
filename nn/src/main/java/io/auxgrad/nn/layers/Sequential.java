package io.auxgrad.nn.layers;

import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Layer;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers one after the other, named {@code 0}, {@code 1}, ... unless given names.
 *
 * <pre>{@code
 * var net = new Sequential(
 *     new Linear(context, 2, 16), ActivationLayer.relu(), new Linear(context, 16, 1));
 * }</pre>
 *
 * <p>What flows between two layers is freed as soon as nothing needs it: a layer must not hold on
 * to its output.
 */
public final class Sequential extends Layer {
  private final List<Layer> layers = new ArrayList<>();

  /** The given layers, in this order; more may be added. */
  public Sequential(Layer... layers) {
    for (Layer layer : layers) {
      add(layer);
    }
  }

  /** Appends {@code layer} under its number. */
  public Sequential add(Layer layer) {
    return add(Integer.toString(layers.size()), layer);
  }

  /** Appends {@code layer} under {@code name}. */
  public Sequential add(String name, Layer layer) {
    layers.add(child(name, layer));
    return this;
  }

  /** The layers in order. */
  public List<Layer> layers() {
    return List.copyOf(layers);
  }

  @Override
  public Variable forward(Variable x) {
    Variable current = x;
    for (Layer layer : layers) {
      Variable next = layer.forward(current);
      if (current != x && current != next) {
        current.release();
      }
      current = next;
    }
    return current;
  }
}
