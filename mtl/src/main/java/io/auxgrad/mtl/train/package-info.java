/** Training and evaluation: from a configuration to a trained, measured network. */
package io.auxgrad.mtl.train;
