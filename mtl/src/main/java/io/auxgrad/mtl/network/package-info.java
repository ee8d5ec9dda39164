/**
 * The network: shared encoder and decoder, a head per task, and the auxiliary module of the
 * training.
 */
package io.auxgrad.mtl.network;
