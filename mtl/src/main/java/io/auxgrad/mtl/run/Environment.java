package io.auxgrad.mtl.run;

import io.auxgrad.tensor.ops.Backend;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** Notes what a run was computed with; beside the checkpoints, which must not depend on it. */
public final class Environment {
  private Environment() {}

  /** Writes {@code environment.json} for the start that is being made. */
  public static void record(RunFolder run, Backend backend) {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    environment.put("version", version());
    environment.put("backend", backend.describe());
    environment.put("threads", backend.threads());
    environment.put("java", Runtime.version().toString());
    environment.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    environment.put("processors", Runtime.getRuntime().availableProcessors());
    TextFile.write(run.environmentFile(), Json.write(environment));
  }

  /** The version of the library; "development" when run from class files. */
  public static String version() {
    String version = Environment.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
