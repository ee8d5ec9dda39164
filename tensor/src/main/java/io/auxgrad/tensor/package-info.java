/**
 * Tensors, their shapes and dtypes, and the scopes that own their native memory.
 *
 * <p>Everything is dense, contiguous and row-major. Images and feature maps are {@code [N,H,W,C]},
 * convolution weights {@code [O,KH,KW,I/groups]}. The operations on tensors are declared in {@link
 * io.auxgrad.tensor.ops} and carried out by a backend found there.
 */
package io.auxgrad.tensor;
