package io.auxgrad.mtl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.TensorScope;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves tensors open. */
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
  private int before;

  @Override
  public void beforeEach(ExtensionContext context) {
    before = TensorScope.liveTensors();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
  }
}
