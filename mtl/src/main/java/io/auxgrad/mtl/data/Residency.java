package io.auxgrad.mtl.data;

/** Where the samples of a data set are kept, and batches made of them. */
public enum Residency {
  /** With a GPU where they fit into half of its free memory; with the host otherwise. */
  AUTO,
  /** On the device; an error where they do not fit. */
  DEVICE,
  /** With the host: loader threads make batches, which are then copied to the device. */
  HOST
}
