package io.auxgrad.kernels.cuda.bandwidth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.driver.FakeGpu;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether each row works, on tiny operands and a GPU that the host plays; no time is looked at. */
class BandwidthTest {
  /** Bound by arithmetic, but for depthwise convolutions. */
  private static final Set<String> LEFT_OUT = Set.of("convolution", "matmul");

  @TempDir private Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void everyRowWorksAndEveryOpBoundByMemoryHasOne() {
    int before = TensorScope.liveTensors();
    BandwidthTable table;
    try (CudaGpu gpu = openOrSkip()) {
      table = new Bandwidth(gpu, Effort.TINY).measure(Rows.all(), new RowLog(out()));
    }
    assertEquals(before, TensorScope.liveTensors());
    for (Measured row : table.rows()) {
      assertTrue(row.bytes() > 0 && row.seconds() > 0, row.toString());
      assertTrue(table.toMarkdown().contains("| " + row.name() + " | "), table.toMarkdown());
      assertTrue(table.toJson().contains("\"name\": \"" + row.name() + "\""), table.toJson());
    }
    assertEquals(
        Rows.all().stream().mapToInt(r -> r.types().size()).sum(),
        table.rows().size(),
        printed::toString);
    Set<String> missing = opsBoundByMemory();
    table.rows().forEach(row -> missing.remove(row.op()));
    assertEquals(Set.of(), missing);
  }

  private static CudaGpu openOrSkip() {
    assumeTrue(FakeGpu.available(), "needs g++, and a process without NVIDIA's driver");
    return FakeGpu.open();
  }

  @Test
  void failsWhereARowIsTooSlowAndWritesTheTableAllTheSame() throws IOException {
    Path json = folder.resolve("table.json");
    // No host comes near.
    BandwidthCheck check = new BandwidthCheck(OptionalDouble.of(1e6), Optional.of(json));
    try (CudaGpu gpu = openOrSkip()) {
      assertFalse(run(check, gpu, Rows.all()));
    }
    String output = printed.toString(StandardCharsets.UTF_8);
    assertTrue(output.contains("SLOW     relu FLOAT32"), output);
    assertTrue(output.contains("| relu | F32 | [1,6,8,96] | "), output);
    assertTrue(Files.readString(json).startsWith("{\"gpu\": \"cuda:0, Pretended GPU 0"));
  }

  private boolean run(BandwidthCheck check, CudaGpu gpu, List<Row> rows) throws IOException {
    return check.run(gpu, Effort.TINY, rows, out());
  }

  private PrintStream out() {
    return new PrintStream(printed, true, StandardCharsets.UTF_8);
  }

  @Test
  void goesOnAfterARowThatFailsAndNamesItAtTheEnd() throws IOException {
    Row good = PointwiseRows.all().getFirst();
    Row bad =
        Row.only(
            DType.FLOAT32,
            "bad",
            good.traffic(),
            _ -> {
              throw new OutOfMemoryError("no room");
            });
    try (CudaGpu gpu = openOrSkip()) {
      BandwidthCheck check = new BandwidthCheck(OptionalDouble.empty(), Optional.empty());
      assertFalse(run(check, gpu, List.of(bad, good)));
      assertTrue(run(check, gpu, List.of(good)));
    }
    String output = printed.toString(StandardCharsets.UTF_8);
    String measured = "%s FLOAT32: [0-9.]+ us, [0-9]+ GB/s".formatted(Pattern.quote(good.name()));
    assertTrue(
        Pattern.compile(
                "a copy: [0-9]+ GB/s\\RFAILED +bad FLOAT32: .*: no room\\R.*"
                    + measured
                    + ".*\\| "
                    + Pattern.quote(good.name())
                    + " \\|.*FAILED +bad FLOAT32\\R",
                Pattern.DOTALL)
            .matcher(output)
            .find(),
        output);
  }

  /** As {@code family.op}, from the contract. */
  private static Set<String> opsBoundByMemory() {
    Set<String> ops = new TreeSet<>();
    for (Method family : Backend.class.getMethods()) {
      if (family.getReturnType().getSimpleName().endsWith("Ops")
          && !LEFT_OUT.contains(family.getName())) {
        for (Method op : family.getReturnType().getDeclaredMethods()) {
          if (Modifier.isPublic(op.getModifiers()) && !Modifier.isStatic(op.getModifiers())) {
            ops.add(family.getName() + "." + op.getName());
          }
        }
      }
    }
    ops.remove("indexing.split"); // slices
    return ops;
  }

  @Test
  void rowsHaveNamesOfTheirOwn() {
    List<String> names =
        Rows.all().stream().flatMap(r -> r.types().stream().map(t -> r.name() + t)).toList();
    assertEquals(names.size(), names.stream().collect(Collectors.toSet()).size());
  }

  @Test
  void tellsWhichRowsAreTooSlow() {
    Measured fast = new Measured("a.b", "fast", DType.FLOAT32, "[1]", 90, 1);
    Measured slow = new Measured("a.b", "slow", DType.FLOAT32, "[1]", 80, 1);
    BandwidthTable table = new BandwidthTable("a GPU", 100, List.of(fast, slow));
    assertEquals(List.of(slow), table.below(0.85));
  }
}
