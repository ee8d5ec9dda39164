/** How near the kernels that are bound by memory come to what the memory of a GPU can do. */
package io.auxgrad.kernels.cuda.bandwidth;
