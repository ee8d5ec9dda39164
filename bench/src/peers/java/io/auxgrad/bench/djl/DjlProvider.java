package io.auxgrad.bench.djl;

import io.auxgrad.bench.engine.Engine;
import io.auxgrad.bench.engine.EngineKind;
import io.auxgrad.bench.engine.EngineProvider;

/** Brings the Deep Java Library. */
public final class DjlProvider implements EngineProvider {
  /** For {@link java.util.ServiceLoader}. */
  public DjlProvider() {}

  @Override
  public EngineKind kind() {
    return EngineKind.DJL;
  }

  @Override
  public Engine open(int threads) {
    return new DjlEngine(threads);
  }
}
