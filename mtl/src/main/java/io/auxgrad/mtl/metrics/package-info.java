/** Metrics of dense prediction, streamed over a whole split, by their usual definitions. */
package io.auxgrad.mtl.metrics;
