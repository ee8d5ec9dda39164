package io.auxgrad.kernels.cpu;

/**
 * What the op families of the CPU backend share.
 *
 * @param memory the pool that scratch comes from
 * @param workers the threads that loops run on
 */
public record CpuContext(CpuMemory memory, Workers workers) {}
