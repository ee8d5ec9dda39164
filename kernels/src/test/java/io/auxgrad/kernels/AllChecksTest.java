package io.auxgrad.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.Steps.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AllChecksTest {
  private final Map<String, Step> steps = new AllChecks(Path.of("logs"), List.of()).steps();

  @Test
  void whatTakesLongIsKnownAndAllElseEndsWithinTenMinutes() {
    Set<String> slow =
        steps.values().stream()
            .filter(step -> step.limitSeconds() >= AllChecks.TEN_MINUTES)
            .map(Step::name)
            .collect(Collectors.toSet());
    assertEquals(Set.of("tests", "memcheck", "memcheck-training", "racecheck"), slow);
  }

  @Test
  void profilesAndPeersAreOfTheSameFourWorks() {
    expect(
        "profile-deeplab",
        "profile --device cuda --precision bf16 --network deeplabv3-resnet50 --size 16x480x640");
    expect("profile-inference", "--network mobilenetv2 --size 1x480x640", "--inference");
    expect("eager-deeplab", "--only=deeplabv3-resnet50-bf16-train-16x480x640");
    expect("eager-mobilenet", "--only=mobilenetv2-bf16-train-16x480x640");
    expect("compile-small", "--only=mobilenetv2-bf16-train-4x240x320");
    expect(
        "compile-inference",
        "--only=mobilenetv2-bf16-infer-1x480x640",
        "--engines=auxgrad,compile-graph,compile",
        "/logs/peers-inference.json");
  }

  @Test
  void bothComparisonsOfAWorkAreInOneFile() {
    expect("eager-small", "--engines=auxgrad,eager,graph", "/logs/peers-small.json");
    expect("compile-small", "--engines=auxgrad,compile-graph", "/logs/peers-small.json");
  }

  @Test
  void theSlowestPeerWithoutGoalIsLeftOut() {
    for (String name : List.of("compile-mobilenet", "compile-small")) {
      assertFalse(steps.get(name).command().toString().contains("graph,compile"), name);
    }
  }

  @Test
  void dataMayTakeThreePercentOfTheShortestStep() {
    expect(
        "feeding",
        "feeding --device cuda --precision bf16 --network mobilenetv2 --size 4x240x320",
        "--at-most 3");
  }

  @Test
  void everythingUsesTheGpu() {
    for (String name : List.of("doctor", "training")) {
      expect(name, "--device cuda");
    }
  }

  private void expect(String step, String... parts) {
    String command = String.join(" ", steps.get(step).command());
    for (String part : parts) {
      assertTrue(command.contains(part), command);
    }
  }
}
