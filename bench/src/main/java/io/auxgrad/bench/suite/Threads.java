package io.auxgrad.bench.suite;

import io.auxgrad.tensor.ops.Backends;

/** How many threads every engine is given: those of our own. */
final class Threads {
  private Threads() {}

  static int count() {
    return Backends.cpu().threads();
  }
}
