package io.auxgrad.kernels.cuda.libraries;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import jcuda.JCudaVersion;

/** JCuda's natives as they are published. */
final class Natives {
  private Natives() {}

  /** That of a class of the version of JCuda; the test is skipped on platforms without it. */
  static byte[] of(String type) throws IOException {
    String resource = "/lib/lib%s-%s-linux-x86_64.so".formatted(type, JCudaVersion.get());
    try (InputStream in = Natives.class.getResourceAsStream(resource)) {
      assumeTrue(in != null, "the natives of JCuda are for 64-bit x86 Linux only");
      return in.readAllBytes();
    }
  }
}
