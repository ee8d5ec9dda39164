/** A run's folder: configuration, checkpoints, metrics and pictures, and who may write there. */
package io.auxgrad.mtl.run;
