package io.auxgrad.bench.suite;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the launcher {@code auxgrad} starts the JVM: what is measured is what a user gets, but for
 * the class archive, which belongs to its own class path.
 */
public final class Launcher {
  /** Its options, but for the file with the compiler's commands. */
  static final List<String> OPTIONS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "-Djdk.reflect.useNativeAccessorOnly=true",
          "-Xms16m",
          "-Xmn8m",
          "-Xmx1g",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData");

  private static final String COMMANDS = "-XX:CompileCommandFile=";

  private Launcher() {}

  /** Its options, with the file of this process. */
  public static List<String> options() {
    Stream<String> ofThis = ManagementFactory.getRuntimeMXBean().getInputArguments().stream();
    return Stream.concat(OPTIONS.stream(), ofThis.filter(o -> o.startsWith(COMMANDS))).toList();
  }
}
