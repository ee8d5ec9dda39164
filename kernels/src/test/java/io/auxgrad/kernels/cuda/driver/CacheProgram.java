package io.auxgrad.kernels.cuda.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Uses a cache as one of several processes. */
public final class CacheProgram {
  /** Bytes that hold some of the entries that are shared, but not all. */
  static final long TIGHT = 40_000;

  private static final int ENTRIES = 5;
  private static final int ENTRY_BYTES = 10_000;
  private static final int ROUNDS = 60;

  private CacheProgram() {}

  /** A process that does {@code what} with the cache at {@code home}, after a shell's command. */
  static Process start(Path home, String before, String what) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command =
        List.of(
            java.toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            CacheProgram.class.getName(),
            home.toString(),
            what);
    String quoted = "'" + String.join("' '", command) + "'";
    return new ProcessBuilder("sh", "-c", before + "exec " + quoted)
        .redirectErrorStream(true)
        .start();
  }

  /** Arguments: the home of the cache, and {@code share} or {@code large}. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]).resolve("cubin");
    if (args[1].equals("large")) {
      new CubinCache(Optional.of(folder), Long.MAX_VALUE).get("a", () -> new byte[1 << 20]);
    } else if (share(new CubinCache(Optional.of(folder), TIGHT), folder)) {
      System.out.println("as it should be");
    }
  }

  /** Asks for entries, and damages some; whether each was what it should be. */
  static boolean share(CubinCache cache, Path folder) throws IOException {
    Random random = new Random(System.nanoTime());
    boolean right = true;
    for (int round = 0; round < ROUNDS; round++) {
      byte entry = (byte) random.nextInt(ENTRIES);
      byte[] want = new byte[ENTRY_BYTES];
      Arrays.fill(want, entry);
      right &= Arrays.equals(want, cache.get("entry-" + entry, () -> want));
      if (round % 10 == 0) {
        Files.write(folder.resolve("entry-" + entry + ".cubin"), new byte[100]);
      }
    }
    return right;
  }
}
