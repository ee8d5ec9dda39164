/**
 * Labelled images: formats on disk, augmentation, and the loader that runs ahead of the training
 * step.
 */
package io.auxgrad.mtl.data;
