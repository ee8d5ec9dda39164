/**
 * The op contract on the host's processor: oneDNN where it is best, our own kernels elsewhere.
 *
 * <p>One class per op family, made with a {@link io.auxgrad.kernels.cpu.CpuContext}: its {@link
 * io.auxgrad.kernels.cpu.Workers} run the loops, its {@link io.auxgrad.kernels.cpu.CpuMemory} gives
 * scratch. Sums are taken over chunks of a fixed size and combined in their order, so that our own
 * kernels give the same bytes on any number of threads.
 *
 * <p>Inner loops live in {@link io.auxgrad.kernels.cpu.simd}, plain ones and vectorised ones. No
 * class of this package names the vector module, so that the library works without it.
 */
package io.auxgrad.kernels.cpu;
