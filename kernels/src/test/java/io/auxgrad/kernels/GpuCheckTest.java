package io.auxgrad.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;

class GpuCheckTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  static class Passing {
    @Test
    void passes() {}
  }

  static class Failing {
    @Test
    void fails() {
      fail("3 is not 4");
    }
  }

  static class Skipping {
    @Test
    void doesNotApply() {
      Assumptions.abort("this GPU is too old");
    }

    @Test
    @Disabled("not written yet")
    void isOff() {}
  }

  static class NotStarting {
    @BeforeAll
    static void start() {
      fail("the device is lost");
    }

    @Test
    void neverRuns() {}
  }

  @Test
  void passesWhereTestsPassAndSaysWhatIsSkipped() {
    assertEquals(GpuCheck.PASSED, run(Passing.class, Skipping.class));
    expect("done     GpuCheckTest$Passing");
    expect("skipped  GpuCheckTest$Skipping > doesNotApply(): ", "this GPU is too old");
    expect("skipped  GpuCheckTest$Skipping > isOff(): not written yet");
    expect("1 passed, 0 failed, 2 skipped in ");
  }

  @Test
  void failsWhereOneTestFailsAndSaysWhich() {
    assertEquals(GpuCheck.FAILED, run(Passing.class, Failing.class));
    expect("FAILED   GpuCheckTest$Failing > fails()\n", "3 is not 4");
    expect("1 passed, 1 failed, 0 skipped in ");
  }

  @Test
  void failsWhereAClassDoesNotStart() {
    assertEquals(GpuCheck.FAILED, run(Passing.class, NotStarting.class));
    expect("FAILED   GpuCheckTest$NotStarting\n", "the device is lost");
  }

  @Test
  void failsWhereNothingRan() {
    assertEquals(GpuCheck.FAILED, run(Skipping.class));
    expect("no test ran, so nothing is known");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--unknown",
        "GpuCaseTest --unknown",
        "--bandwidth --at-least",
        "--bandwidth --at-least much",
        "--launches now",
        "--sanitize",
        "--sanitize synccheck",
        "--sanitize memcheck --steps",
        "--sanitize memcheck --training relu",
        "--all",
        "--all --out",
        "--all --out folder everything"
      })
  void saysHowItIsUsed(String arguments) throws Exception {
    assertEquals(GpuCheck.USAGE, GpuCheck.run(out(), List.of(arguments.split(" "))));
    expect("Usage: gpu-check [CLASS...]");
  }

  private PrintStream out() {
    return new PrintStream(printed, true, StandardCharsets.UTF_8);
  }

  private int run(Class<?>... classes) {
    var tests =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(c -> selectClass(c)).toList())
            .build();
    return GpuCheck.run(out(), tests);
  }

  private void expect(String... parts) {
    String text = printed.toString(StandardCharsets.UTF_8);
    int from = 0;
    for (String part : parts) {
      from = text.indexOf(part, from);
      assertTrue(from >= 0, part + " is missing in:\n" + text);
    }
  }
}
