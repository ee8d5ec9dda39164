/** How the time of a training step grows with the work. */
package io.auxgrad.bench.scaling;
