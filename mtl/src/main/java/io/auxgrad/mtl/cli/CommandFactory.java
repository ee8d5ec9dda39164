package io.auxgrad.mtl.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Hands the process's streams to the commands that print. */
record CommandFactory(Output.Streams streams) implements IFactory {
  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == OutputOptions.class) {
      return type.cast(new OutputOptions(streams));
    }
    return CommandLine.defaultFactory().create(type);
  }
}
