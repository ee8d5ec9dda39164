/**
 * Inner loops over native memory: static methods that take addresses and lengths, handle any
 * length, know nothing of threads and tensors, and check nothing: the op contract did.
 *
 * <p>{@code XLoops} is plain Java and complete. Where {@link io.auxgrad.kernels.cpu.simd.Simd} says
 * so, it first asks {@code XVectors}, which does as many whole vectors as fit and returns where it
 * stopped, or does whole rows. Only {@code XVectors}, {@code Lanes} and {@code VectorMath} name
 * {@code jdk.incubator.vector}, and they are loaded only where the module is present.
 *
 * <p>Results never depend on how far the JIT compiler has got: no lane reduction of unspecified
 * order and no library function with several implementations is used on vectors. Nor do they depend
 * on where a caller cuts a range, as long as it cuts at multiples of 64 elements or rows.
 */
package io.auxgrad.kernels.cpu.simd;
