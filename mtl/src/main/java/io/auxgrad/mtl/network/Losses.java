package io.auxgrad.mtl.network;

import io.auxgrad.autograd.Variable;
import java.util.SequencedMap;

/**
 * The losses of one batch, all scalars.
 *
 * @param total what is minimised
 * @param main of the tasks' heads, by name of the task, unweighted
 * @param auxiliary of the auxiliary module, by name of the task, unweighted; empty without one
 */
public record Losses(
    Variable total,
    SequencedMap<String, Variable> main,
    SequencedMap<String, Variable> auxiliary) {}
