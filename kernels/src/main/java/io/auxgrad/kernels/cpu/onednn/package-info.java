/**
 * oneDNN, called through its C API with {@link java.lang.foreign}.
 *
 * <p>The native libraries come from the bytedeco jar of the platform and are unpacked once into the
 * user's cache folder; nothing of the Java binding is used. A {@link
 * io.auxgrad.kernels.cpu.onednn.Plan} is a primitive of fixed shapes with the reorders around it;
 * making one costs milliseconds, running it allocates nothing. Plans are not thread-safe, and
 * OpenMP keeps a team of threads per calling thread: hold the monitor of {@link
 * io.auxgrad.kernels.cpu.onednn.OneDnn} while setting operands and running.
 */
package io.auxgrad.kernels.cpu.onednn;
