package io.auxgrad.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is measured runs with the options of the launchers, which have them of one file. */
final class LauncherTest {
  private static final Path ROOT =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
  private static final String START = "mtl/dist/src/main/lib/start.sh";
  private static final String PROPERTIES =
      "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED"
          + " -Djdk.reflect.useNativeAccessorOnly=true";
  private static final Pattern OPTIONS =
      Pattern.compile("(?m)^ *(-X\\S+( -X\\S+)*) \\$\\{AUXGRAD_JAVA_OPTS:-}");

  @Test
  void jmhsProcessesHaveThem() throws IOException {
    assertEquals(PROPERTIES + " " + options(), String.join(" ", Launcher.OPTIONS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bench/run", "bench/peers/launch.py"})
  void scriptsHaveThem(String script) throws IOException {
    String text = Files.readString(ROOT.resolve(script));
    assertTrue(text.contains(options()), options());
    assertTrue(text.contains("-XX:CompileCommandFile=") && text.contains("jit.commands"), script);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"auxgrad", "mtl/dist/src/main/bin/auxgrad", "mtl/dist/src/main/bin/gpu-check"})
  void launchersAddNone(String launcher) throws IOException {
    String text = Files.readString(ROOT.resolve(launcher));
    assertTrue(text.contains(" \"$lib/start.sh\"\n"), launcher + " does not use " + START);
    assertFalse(text.contains("MALLOC_") || text.contains("exec "), launcher);
  }

  private static String options() throws IOException {
    String text = Files.readString(ROOT.resolve(START));
    Matcher matcher = OPTIONS.matcher(text);
    assertTrue(text.contains(PROPERTIES), START + " has other properties");
    assertTrue(matcher.find(), START + " has no options before AUXGRAD_JAVA_OPTS");
    return matcher.group(1);
  }
}
