/** The kernels of the CUDA backend compiled for the processor and run there, to be tested. */
package io.auxgrad.kernels.cuda.hostrun;
