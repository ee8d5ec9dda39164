/** The GPU through the CUDA driver: kernels compiled for it, memory, streams and launches. */
package io.auxgrad.kernels.cuda.driver;
