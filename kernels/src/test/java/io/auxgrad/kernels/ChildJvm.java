package io.auxgrad.kernels;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Java programs in a process of their own, with the class path and the options of this one. */
public final class ChildJvm {
  private ChildJvm() {}

  /** The command that runs {@code program}, a class with a main method. */
  public static List<String> command(Class<?> program, List<String> options, String... arguments) {
    return command(program.getName(), options, arguments);
  }

  /** The same of a class that is known by its name alone. */
  static List<String> command(String program, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program));
    command.addAll(List.of(arguments));
    return command;
  }
}
