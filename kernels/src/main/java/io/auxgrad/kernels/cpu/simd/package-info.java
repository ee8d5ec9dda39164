/**
 * Inner loops over native memory, each as a twin: {@code VectorX} with {@code jdk.incubator.vector}
 * and {@code PlainX} without, behind an interface {@code XKernels}.
 *
 * <p>The interface's factory chooses:
 *
 * <pre>{@code
 * static XKernels create() {
 *   return Simd.available() ? new VectorX() : new PlainX();
 * }
 * }</pre>
 *
 * <p>A vector class is named only in such a factory: it is then loaded only where the module is
 * present. Kernels take {@link java.lang.foreign.MemorySegment}s with element ranges, know nothing
 * of threads and tensors, and handle any length.
 */
package io.auxgrad.kernels.cpu.simd;
