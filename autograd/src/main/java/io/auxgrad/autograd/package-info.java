/**
 * Reverse-mode differentiation: {@link io.auxgrad.autograd.Variable}s, the {@link
 * io.auxgrad.autograd.Tape}, and one gradient rule per op.
 *
 * <p>The ops are static methods of one class per family, {@code ConvolutionGradients} to {@code
 * LossGradients}, with the forward computation and the rule for its gradient side by side.
 */
package io.auxgrad.autograd;
