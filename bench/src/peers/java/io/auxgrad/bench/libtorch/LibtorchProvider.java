package io.auxgrad.bench.libtorch;

import io.auxgrad.bench.engine.Engine;
import io.auxgrad.bench.engine.EngineKind;
import io.auxgrad.bench.engine.EngineProvider;

/** Brings libtorch. */
public final class LibtorchProvider implements EngineProvider {
  /** For {@link java.util.ServiceLoader}. */
  public LibtorchProvider() {}

  @Override
  public EngineKind kind() {
    return EngineKind.LIBTORCH;
  }

  @Override
  public Engine open(int threads) {
    return new LibtorchEngine(threads);
  }
}
