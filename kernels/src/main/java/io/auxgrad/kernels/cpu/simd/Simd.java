package io.auxgrad.kernels.cpu.simd;

/** Whether the vector module can be used in this process; said once in the log if it cannot. */
public final class Simd {
  private static final boolean AVAILABLE = decide();

  private Simd() {}

  /**
   * True if the kernels may use {@code jdk.incubator.vector}: the module is there and {@code
   * -Dauxgrad.vector=false} was not given.
   */
  public static boolean available() {
    return AVAILABLE;
  }

  private static boolean decide() {
    if (!Boolean.parseBoolean(System.getProperty("auxgrad.vector", "true"))) {
      return false;
    }
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!present) {
      System.getLogger(Simd.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "plain loops are used, which are slower: start java with --add-modules jdk.incubator.vector");
    }
    return present;
  }
}
