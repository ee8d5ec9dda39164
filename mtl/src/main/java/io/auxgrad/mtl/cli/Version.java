package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.run.Environment;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"auxgrad " + Environment.version(), "Java " + Runtime.version()};
  }
}
