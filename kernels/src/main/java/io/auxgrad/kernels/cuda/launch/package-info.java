/**
 * What the op families of the CUDA backend need of a GPU: memory, kernels by name, and launches
 * with their arguments. A real GPU serves it through the driver; in tests the host does, with the
 * same kernels compiled for the processor.
 */
package io.auxgrad.kernels.cuda.launch;
