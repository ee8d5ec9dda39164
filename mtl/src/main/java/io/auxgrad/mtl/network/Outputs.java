package io.auxgrad.mtl.network;

import io.auxgrad.autograd.Variable;
import java.util.SequencedMap;

/**
 * What a {@link MultiTaskNetwork} makes of images {@code [N,H,W,3]}, by name of the task.
 *
 * @param main of the tasks' heads, {@code [N, ceil(H/s), ceil(W/s), outputs]}, where {@code s} is 4
 *     with the RefineNet decoder and the encoder's output stride with DeepLabv3
 * @param auxiliary of the auxiliary module, at the size of its last tap; empty unless training with
 *     one
 */
public record Outputs(
    SequencedMap<String, Variable> main, SequencedMap<String, Variable> auxiliary) {}
