package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.DType;

/**
 * What was measured of one op.
 *
 * @param op its name in the contract
 * @param name of the row
 * @param type of activations
 * @param operands their shapes
 * @param bytes that it must move
 * @param seconds the median
 */
record Measured(String op, String name, DType type, String operands, long bytes, double seconds) {
  /** Bytes per second. */
  double rate() {
    return bytes / seconds;
  }
}
