package io.auxgrad.bench.engine;

/** Brings an engine whose library is on the class path of some builds only. */
public interface EngineProvider {
  /** Which engine. */
  EngineKind kind();

  /** Starts it on so many threads. */
  Engine open(int threads);
}
