package io.auxgrad.mtl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Help, and what is refused before anything is computed. */
final class UsageTest {
  @ParameterizedTest
  @CsvSource({
    "2, train --set train.epohcs=3, train.epohcs is not a known key; did you mean train.epochs?",
    "2, train --preset tiny --config x.yaml, mutually exclusive",
    "2, train --threads -1, threads is -1",
    "2, train --preset nyuv2, data.folder is missing: say where the nyuv2 folder is with --data DIR",
    "2, train --preset rooms --data somewhere, rooms are rendered",
    "2, trian, trian",
    "2, eval, Missing required parameter: 'RUN'",
    "2, predict run --out x, IMAGE",
    "2, export run, Missing required option: '--out=FILE'",
    "1, train --resume, --resume needs --out DIR",
    "1, train --preset nyuv2 --data absent, data folder absent does not exist",
    "1, train --config absent.yaml, absent.yaml does not exist",
    "1, eval absent, absent is not a run folder",
    "1, predict absent x.png --out y, absent is not a run folder",
    "1, eval absent --threads 0, it must be at least 1",
    "2, train --precision fp16, expected one of [FP32",
    "2, train --set precision=half, precision is 'half'; choose from fp32",
  })
  void saysWhatIsWrong(int code, String line, String message) {
    Called call = Called.with(line.split(" "));
    assertTrue(call.err().startsWith("auxgrad: "), call.err());
    assertTrue(call.err().contains(message), call.err());
    assertFalse(call.err().contains("\tat "), call.err());
    assertEquals(code, call.code(), call.err());
    assertEquals("", call.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train --set train.epohcs=3 --json",
        "eval absent --json",
        "predict absent x.png --out y --json",
        "export absent --out z --json",
        "nonsense --json",
        "train --nonsense --json"
      })
  void failuresAreOneJsonObject(String line) {
    Called call = Called.with(line.split(" "));
    assertTrue(call.json().get("error").isTextual());
    assertTrue(call.err().startsWith("auxgrad: "), call.err());
  }

  @Test
  void debugShowsWhere() {
    assertTrue(Called.with("eval", "absent", "--debug").err().contains("\tat io.auxgrad.mtl"));
  }

  @Test
  void helpListsThePresets() {
    Called call = Called.with("train", "--help");
    assertEquals(0, call.code());
    for (String preset :
        List.of("rooms", "nyuv2", "tiny", "rooms-resnet18", "nyuv2-resnet50", "nyuv2-long")) {
      assertTrue(call.out().contains("\n  " + preset + " "), call.out());
    }
  }

  @Test
  void versionIsPrinted() {
    assertTrue(Called.with("--version").out().startsWith("auxgrad "));
  }

  @Test
  void doctorFindsThisMachineHealthy() {
    Called call = Called.with("doctor", "--json");
    assertEquals(0, call.code(), call.out());
    assertTrue(call.json().get("healthy").asBoolean());
  }
}
