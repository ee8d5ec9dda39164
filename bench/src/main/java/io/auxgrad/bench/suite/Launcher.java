package io.auxgrad.bench.suite;

import java.util.List;

/** How the launcher {@code auxgrad} starts the JVM: what is measured is what a user gets. */
public final class Launcher {
  /** Its options. */
  public static final List<String> OPTIONS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "-Xms16m",
          "-Xmn8m",
          "-Xmx1g",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData");

  private Launcher() {}
}
