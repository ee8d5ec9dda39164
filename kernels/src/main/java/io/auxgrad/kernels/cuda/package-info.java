/**
 * The op contract on NVIDIA GPUs. Each family has a class here that launches the kernels of the
 * {@code .cu} file of the same name; {@link io.auxgrad.kernels.cuda.launch.Gpu} is what they know
 * of the GPU.
 */
package io.auxgrad.kernels.cuda;
