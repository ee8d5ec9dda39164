package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.ops.Backends;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GpuCasesTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final OpCase good = GpuCases.named(": RELU ").getFirst();

  private int run(OpCase... cases) {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return GpuCases.run(new CaseCheck(Backends.cpu(), 1), List.of(cases), out);
  }

  private OpCase like(String name, OpCase.Oracle oracle) {
    return OpCase.of(name, good.covers(), good.inputs(), oracle, good.forward());
  }

  @Test
  void goesOnAfterCasesThatFailAndNamesThemAtTheEnd() {
    OpCase wrong = like("wrong", in -> List.of(Array64.of(in.getFirst().shape(), _ -> 7)));
    OpCase broken =
        like(
            "broken",
            _ -> {
              throw new OutOfMemoryError("no room");
            });
    AssertionError e = assertThrows(AssertionError.class, () -> run(wrong, broken, good));
    assertTrue(
        e.getMessage().matches("2 of 3 cases failed:\\Rpointwise: wrong .*\\Rpointwise: broken .*"),
        e.getMessage());
    String output = printed.toString(StandardCharsets.UTF_8);
    assertTrue(
        output.matches(
            "(?s)pointwise: wrong .*FAILED +output 0 .*pointwise: broken .*: no room.*"
                + "pointwise: RELU [^\n]*\n"),
        output);
  }

  @Test
  void countsWhatIsRight() {
    assertEquals(2, run(good, good));
  }

  @Test
  void choosesByFamilyAndByName() {
    assertEquals(Cases.all().size(), GpuCases.named().size());
    Set<String> families =
        GpuCases.named("pooling", "matmul").stream()
            .map(OpCase::family)
            .collect(Collectors.toSet());
    assertEquals(Set.of("pooling", "matmul"), families);
    assertThrows(IllegalArgumentException.class, () -> GpuCases.named("no such case"));
  }
}
