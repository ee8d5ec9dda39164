/**
 * The op contract: one abstract class per family, with the arguments checked once and the result
 * allocated, and one method per op that a backend carries out.
 *
 * <p>{@link io.auxgrad.tensor.ops.Backends} finds the backend of a device. Results belong to the
 * current {@link io.auxgrad.tensor.TensorScope}. A backend runs one op at a time: call it from one
 * thread.
 */
package io.auxgrad.tensor.ops;
