/**
 * What a run is made of, as typed records, read from YAML with strict keys.
 *
 * <p>{@code defaults.yaml} holds every key; presets, configuration files and {@code --set} change
 * some of them.
 */
package io.auxgrad.mtl.config;
