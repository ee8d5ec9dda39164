/** Shapes as kernels walk them, for any processor. */
package io.auxgrad.kernels.shape;
