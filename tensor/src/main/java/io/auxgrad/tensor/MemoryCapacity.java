package io.auxgrad.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a device has, in bytes.
 *
 * @param free held by no process, or given up by the system when it is asked for
 * @param total all of it
 */
public record MemoryCapacity(long free, long total) {
  private static final Path LINUX = Path.of("/proc/meminfo");

  /** Of the host. */
  public static MemoryCapacity ofHost() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long free = Math.max(system.getFreeMemorySize(), available());
    return new MemoryCapacity(
        Math.min(free, system.getTotalMemorySize()), system.getTotalMemorySize());
  }

  // Linux fills what is free with copies of files, and counts them here as what they are: to be
  // had.
  private static long available() {
    if (!Files.isReadable(LINUX)) {
      return 0;
    }
    try {
      return Files.readAllLines(LINUX).stream()
          .filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findAny()
          .orElse(0);
    } catch (IOException e) {
      return 0; // the system's other number stands
    }
  }
}
