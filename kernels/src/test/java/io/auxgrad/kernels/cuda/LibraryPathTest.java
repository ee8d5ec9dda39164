package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.ChildJvm;
import io.auxgrad.kernels.cuda.driver.FakeGpu;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a convolution or product through cuDNN or cuBLAS, but for the GPU. */
class LibraryPathTest {
  private static final String NO_SEARCH = "-Dauxgrad.cuda.search=false";

  @TempDir private Path cache;

  @BeforeAll
  static void makeLibraries() throws IOException {
    assumeTrue(FakeGpu.available(), "needs g++ and no driver of NVIDIA's");
    FakeLibraries.make();
  }

  @Test
  void cudnnComputesWhatTheContractSays() throws Exception {
    run("cudnn");
  }

  @Test
  void cudnnAddsBiasAndResidualInTheSamePass() throws Exception {
    run("fused");
  }

  @Test
  void cudnnsGraphsComputeWhatTheContractSays() throws Exception {
    run("graph", NO_SEARCH);
  }

  @Test
  void cudnnsGraphsEndWithAnythingInTheSamePass() throws Exception {
    run("fused-graph");
  }

  @Test
  void plansOfGraphsAreKept() throws Exception {
    run("planned");
    run("planned-before");
  }

  @Test
  void aDamagedPlanOfAGraphIsMadeAgain() throws Exception {
    run("planned");
    Path plan = files("graphs").getFirst();
    Files.write(plan, Arrays.copyOf(Files.readAllBytes(plan), 200));
    run("planned");
  }

  @Test
  void aKeptPlanThatCudnnRefusesIsMadeAnew() throws Exception {
    run("planned");
    Path plan = files("graphs").getFirst();
    byte[] content = "\0\0\0\7no plan".getBytes(StandardCharsets.US_ASCII);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
    String checksum = HexFormat.of().formatHex(digest) + "\n";
    Files.write(plan, checksum.getBytes(StandardCharsets.US_ASCII));
    Files.write(plan, content, StandardOpenOption.APPEND);
    String output = run("planned-anew");
    assertTrue(output.contains("cuDNN refuses a plan that was kept"), output);
  }

  @Test
  void plansThatCudnnDoesNotReadBackLeaveNothingOpen() throws Exception {
    run("unreadable");
  }

  @Test
  void whatIsDecidedWithoutPlansThatFailedIsNotKept() throws Exception {
    String output = run("unplanned");
    for (String last : List.of("graph-8", "fused-graph-2")) {
      String said = last + " is not taken, since it fails for FORWARD";
      assertEquals(1, output.lines().filter(l -> l.contains(": " + said)).count(), output);
    }
    assertEquals(2, output.lines().filter(l -> l.contains("is not taken")).count(), output);
    assertEquals(List.of(), files("graphs"));
    assertEquals(List.of(), plans());
    run("once");
    assertEquals(2, files("graphs").size());
    assertEquals(1, plans().size());
  }

  @Test
  void theOtherHeuristicsPlansServeWhereOneFails() throws Exception {
    String output = run("half-planned");
    assertEquals(2, output.lines().filter(l -> l.contains("is not taken")).count(), output);
    assertEquals(List.of(), files("graphs"));
    assertEquals(List.of(), plans());
  }

  @Test
  void whatIsDecidedWithoutAlgorithmsThatFailedIsNotKept() throws Exception {
    String output = run("unready");
    assertEquals(1, output.lines().filter(l -> l.contains("cudnn is not taken")).count(), output);
    assertEquals(2, files("graphs").size());
    assertEquals(List.of(), plans());
  }

  @Test
  void cublasComputesPointwiseConvolutions() throws Exception {
    run("cublas", "-Dauxgrad.cuda.workspace=1");
  }

  @Test
  void cublasComputesProducts() throws Exception {
    run("products");
  }

  @Test
  @Tag("slow")
  void withoutMeasuringTheFirstWayIsTaken() throws Exception {
    run("chosen", NO_SEARCH);
    assertEquals(List.of(), plans());
  }

  @Test
  void sumsInAnyOrderAreTakenWhereTheUserAllowsThem() throws Exception {
    run("any-order", NO_SEARCH, "-Dauxgrad.cuda.deterministic=false");
  }

  @Test
  void whatIsTooLargeForCudnnsFunctionsIsLeftToOthers() throws Exception {
    run("large");
  }

  @Test
  void whereCudnnWantsMoreWorkspaceThanItMayThatIsSaid() throws Exception {
    String output = run("input-gradient", "-Dauxgrad.cuda.workspace=0");
    assertTrue(
        output.contains("wants a workspace of 777 bytes; -Dauxgrad.cuda.workspace=1"), output);
  }

  @Test
  void whatWasMeasuredIsKeptAsText() throws Exception {
    String first = run("remembered");
    List<Path> plans = plans();
    assertEquals(1, plans.size());
    List<String> lines = Files.readAllLines(plans.getFirst());
    assertTrue(lines.get(1).matches("own|(fused-)?(cudnn|graph)-."), lines::toString);
    assertEquals("Pretended GPU 0, sm_90, cuDNN 9.24.0, cuBLAS 13.1.1", lines.get(2));
    assertTrue(lines.get(3).startsWith("FORWARD of FLOAT32 [2,9,8,16]"), lines::toString);
    assertEquals("ways of revision 2", lines.getLast());
    assertTrue(first.contains("measured"), first);
  }

  @Test
  void aDamagedPlanIsMeasuredAgain() throws Exception {
    run("remembered");
    Path plan = plans().getFirst();
    String way = Files.readAllLines(plan).get(1);
    Files.writeString(plan, Files.readString(plan).replace(way, "x" + way));
    run("remembered");
  }

  @Test
  void whereNothingCanBeKeptNothingIsMeasuredWhichIsSaid() throws Exception {
    Files.writeString(cache.resolve("plans"), "a file where the folder should be");
    String output = run("once");
    String want =
        "convolutions go by the first algorithm that cuDNN names, not the fastest, because ";
    assertEquals(1, output.lines().filter(l -> l.contains(want)).count(), output);
  }

  @Test
  void aCaptureFindsItDecidedOrSaysWhatToDo() throws Exception {
    run("captured", NO_SEARCH);
  }

  @Test
  void weightsAreRoundedOnceForEachVersion() throws Exception {
    run("rounded");
  }

  @Test
  void theUserCanDoWithoutTheLibraries() throws Exception {
    run("without", "-Dauxgrad.cuda.vendor=false");
  }

  @Test
  void aWrongSettingIsNamed() throws Exception {
    for (String wrong : List.of("auxgrad.cuda.workspace=much", "auxgrad.cuda.search=perhaps")) {
      Process process = start("without", List.of("-D" + wrong));
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(1, process.waitFor(), output);
      assertTrue(output.contains("-D" + wrong + " must be"), output);
    }
  }

  private List<Path> plans() throws IOException {
    return files("plans");
  }

  private List<Path> files(String name) throws IOException {
    Path folder = cache.resolve(name);
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private String run(String what, String... options) throws IOException, InterruptedException {
    Process process = start(what, List.of(options));
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private Process start(String what, List<String> options) throws IOException {
    List<String> all = new ArrayList<>(options);
    all.add("-Dauxgrad.cuda.path=" + FakeLibraries.folder());
    all.add("-Dauxgrad.cuda.cache=" + cache);
    all.add("-Dbasedir=" + System.getProperty("basedir", ""));
    return new ProcessBuilder(ChildJvm.command(LibraryProgram.class, all, what))
        .redirectErrorStream(true)
        .start();
  }
}
