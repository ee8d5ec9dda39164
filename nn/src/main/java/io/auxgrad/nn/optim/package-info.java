/** Optimisers, gradient clipping and averaged weights. */
package io.auxgrad.nn.optim;
