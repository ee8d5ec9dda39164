/**
 * NVIDIA's libraries on this machine: where they are, and JCuda brought to call them.
 *
 * <p>JCuda's natives, as published, ask for one version of each library: CUDA 12 and cuDNN 8. Here
 * the installed ones are looked for, copies of the natives are retargeted to them, and what they
 * export is checked before it is called. {@link io.auxgrad.kernels.cuda.libraries.CudaLibraries} is
 * the way in. Nothing of JCuda is initialised before a library is asked for.
 */
package io.auxgrad.kernels.cuda.libraries;
