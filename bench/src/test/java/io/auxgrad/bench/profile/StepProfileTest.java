package io.auxgrad.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.auxgrad.bench.profile.Totals.Total;
import io.auxgrad.bench.report.Machine;
import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.MathMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The profile of a GPU that the host plays: whether it is whole; its times say nothing. */
final class StepProfileTest {
  /** No command line names it, so that {@code cuda:0} stays what it is on this machine. */
  private static final int INDEX = 3;

  private static Backend gpu;
  private static Roofline roofline;

  @TempDir private Path folder;
  private final int liveBefore = TensorScope.liveTensors();

  @BeforeAll
  static void measureTheRoofline() {
    assumeTrue(HostGpu.available(), "needs g++");
    gpu = new CudaBackend(new HostGpu(HostGpu.Order.FORWARD, INDEX));
    Backends.use(gpu);
    roofline = DeviceRoofline.measure(gpu, MathMode.FP32);
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(liveBefore, TensorScope.liveTensors(), TensorScope::report);
  }

  @Test
  void theRooflineIsThatOfTheBackendsOwnOps() {
    for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      // A host that plays a GPU is slower than a host.
      double gigaflops = roofline.gigaflops().get(type);
      assertTrue(gigaflops > 0 && gigaflops < 1000, type + ": " + gigaflops);
    }
    roofline.bandwidth().values().forEach(rate -> assertTrue(rate > 0 && rate < 10_000, "" + rate));
  }

  @Test
  @Tag("slow")
  void everyOpOfATrainingStepIsThere() throws IOException {
    Workload work = Workload.of(NetworkKind.MOBILENETV2_PLAIN, Precision.BF16, "2x32x32");
    StepProfile onGpu = StepProfile.ofTraining(work, gpu, true, roofline, 0, 1);
    StepProfile onCpu = StepProfile.ofTraining(work, Backends.cpu(), true, roofline, 0, 1);
    assertEquals(calls(onCpu), calls(onGpu));
    assertEquals(layers(onCpu), layers(onGpu));
    assertTrue(layers(onGpu).contains("forward 2x32x32x3 > 2x16x16x32 3x3"));
    assertTrue(onGpu.insideOps() > 0 && onGpu.floor() > 0);
    assertEquals(onGpu.plain().median(), onGpu.step());
    String text = new ProfileText(onGpu).toString();
    assertTrue(text.contains("| " + onGpu.layers().getFirst().op() + " "), text);

    Path file = folder.resolve("profile.json");
    ProfileReport.of(Machine.here(1, gpu), "training step", work, onGpu).write(file);
    JsonNode json = new JsonMapper().readTree(file.toFile());
    assertEquals(onGpu.ops().size(), json.at("/profile/ops").size());
    assertEquals(onGpu.layers().size(), json.at("/profile/layers").size());
    assertTrue(json.at("/profile/roofline/gigaflops/BFLOAT16").asDouble() > 0);
    assertEquals("CUDA", json.at("/profile/device/kind").asText());
  }

  @Test
  @Tag("slow")
  void theStepThatIsTimedIsTheCapturedOne() {
    Workload work = Workload.of(NetworkKind.MOBILENETV2_PLAIN, Precision.FP32, "2x32x32");
    try (TrainingStep captured = new TrainingStep(work, gpu);
        TrainingStep opByOp = new TrainingStep(work, gpu)) {
      for (int step = 0; step < 4; step++) {
        double want = opByOp.runOpByOp();
        assertEquals(want, captured.run(), "loss of step " + step);
      }
      assertTrue(captured.isRecorded());
    }
  }

  @Test
  void inferenceHasItsOwn() {
    Workload work = Workload.of(NetworkKind.MOBILENETV2, Precision.FP32, "1x32x32");
    StepProfile onGpu = StepProfile.ofInference(work, gpu, true, roofline, 0, 1);
    StepProfile onCpu = StepProfile.ofInference(work, Backends.cpu(), true, roofline, 0, 1);
    assertTrue(layers(onGpu).stream().allMatch(layer -> layer.startsWith("forward ")));
    assertEquals(layers(onCpu), layers(onGpu));
    // A recorded pass takes its images in by a copy.
    assertTrue(calls(onGpu).containsKey("pointwise.copy"), calls(onGpu)::toString);
    assertEquals(calls(onCpu), calls(onGpu));
  }

  @Test
  void thePassThatIsTimedIsTheRecordedOne() {
    Workload work = Workload.of(NetworkKind.MOBILENETV2, Precision.FP32, "1x32x32");
    StepProfile recorded = StepProfile.ofInference(work, gpu, true, roofline, 1, 1);
    StepProfile opByOp = StepProfile.ofInference(work, gpu, false, roofline, 1, 1);
    // Tensors are made op by op alone.
    String bytes = "%d bytes, op by op %d".formatted(recorded.bytes(), opByOp.bytes());
    assertTrue(4 * recorded.bytes() < opByOp.bytes(), bytes);
  }

  // Without those that a processor makes around each product that it cannot do in bfloat16.
  private static Map<String, Long> calls(StepProfile profile) {
    return profile.ops().stream()
        .filter(total -> !total.op().equals("pointwise.cast"))
        .collect(Collectors.toMap(Total::op, Total::calls, Long::sum, TreeMap::new));
  }

  private static List<String> layers(StepProfile profile) {
    return profile.layers().stream().map(Total::op).sorted().toList();
  }
}
