package io.auxgrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.TensorScope;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/** Fails a test that leaves tensors open, those of its fields included. */
public final class NoLeaks implements TestInstancePreConstructCallback, AfterEachCallback {
  private int before;

  @Override
  public void preConstructTestInstance(
      TestInstanceFactoryContext factory, ExtensionContext context) {
    before = TensorScope.liveTensors();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
  }
}
