package io.auxgrad.mtl.network;

import io.auxgrad.nn.Module;

/** A node of the tree that only gives its children a common name. */
final class Group extends Module {
  /** Adds {@code module} under {@code name}. */
  <M extends Module> M add(String name, M module) {
    return child(name, module);
  }
}
