package io.auxgrad.mtl.run;

import java.util.SequencedMap;

/**
 * What is known of a finished epoch.
 *
 * @param epoch number, from 1
 * @param step steps made until its end
 * @param losses mean of each loss over its steps, by name
 * @param validation metrics by flat name, such as {@code depth.rmse}; empty where it was not
 *     validated
 * @param score what is selected by; null where it was not validated
 */
public record EpochRow(
    int epoch,
    long step,
    SequencedMap<String, Double> losses,
    SequencedMap<String, Double> validation,
    Double score) {}
