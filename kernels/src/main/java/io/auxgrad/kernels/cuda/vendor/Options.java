package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.Surroundings;

/**
 * What the user wants of the libraries, as system properties.
 *
 * @param used {@code auxgrad.cuda.vendor}: whether they are used at all
 * @param deterministic {@code auxgrad.cuda.deterministic}: whether only algorithms are taken that
 *     give the same bytes each time
 * @param search {@code auxgrad.cuda.search}: whether the fastest way is found by measuring
 * @param workspaceBytes {@code auxgrad.cuda.workspace}, in MiB: what an algorithm may use beside
 *     its operands
 */
public record Options(boolean used, boolean deterministic, boolean search, long workspaceBytes) {
  private static final String WORKSPACE = "auxgrad.cuda.workspace";
  private static final String WORKSPACE_MIB = "256";
  private static final int MOST_MIB = 1 << 20;

  /** As the process was told. */
  public static Options of(Surroundings surroundings) {
    return new Options(
        flag(surroundings, "auxgrad.cuda.vendor"),
        flag(surroundings, "auxgrad.cuda.deterministic"),
        flag(surroundings, "auxgrad.cuda.search"),
        workspace(surroundings) << 20);
  }

  /** The setting that lets an algorithm use {@code bytes} of workspace. */
  static String allowing(long bytes) {
    return "-D%s=%d".formatted(WORKSPACE, Math.ceilDiv(bytes, 1L << 20));
  }

  private static boolean flag(Surroundings surroundings, String name) {
    String value = surroundings.property(name).orElse("true");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new CudaException("-D%s=%s must be true or false".formatted(name, value));
    };
  }

  private static long workspace(Surroundings surroundings) {
    String text = surroundings.property(WORKSPACE).orElse(WORKSPACE_MIB);
    if (!text.matches("\\d{1,7}") || Integer.parseInt(text) > MOST_MIB) {
      throw new CudaException(
          "-D%s=%s must be a number of MiB, for example %s"
              .formatted(WORKSPACE, text, WORKSPACE_MIB));
    }
    return Long.parseLong(text);
  }
}
