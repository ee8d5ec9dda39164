package io.auxgrad.kernels;

import io.auxgrad.kernels.Steps.Step;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Everything that there is to find out on a GPU.
 *
 * @param folder of the logs
 * @param chosen names of the steps to run; all, if empty
 */
record AllChecks(Path folder, List<String> chosen) {
  /** A host may end a command after ten minutes. */
  static final long TEN_MINUTES = 600;

  private static final long MARGIN = 15;
  private static final long TWENTY_MINUTES = 2 * TEN_MINUTES;
  private static final String BENCHMARKS = "io.auxgrad.bench.cli.Main";

  /** What is profiled, and compared with PyTorch, in bfloat16. */
  private static final SequencedMap<String, Work> WORKS = works();

  private record Work(String network, String size, boolean training) {
    /** The name that {@code record.py} has for it. */
    String row() {
      return network + "-bf16-" + (training ? "train-" : "infer-") + size;
    }

    /**
     * The engines of torch.compile, what has a goal before what may not come to its end; the last
     * takes many minutes in training MobileNetV2 and has none.
     */
    String compiled() {
      boolean slow = training && network.equals("mobilenetv2");
      return "compile-graph" + (slow ? "" : ",compile");
    }
  }

  private static SequencedMap<String, Work> works() {
    SequencedMap<String, Work> works = new LinkedHashMap<>();
    works.put("deeplab", new Work("deeplabv3-resnet50", "16x480x640", true));
    works.put("mobilenet", new Work("mobilenetv2", "16x480x640", true));
    works.put("small", new Work("mobilenetv2", "4x240x320", true));
    works.put("inference", new Work("mobilenetv2", "1x480x640", false));
    return works;
  }

  /** All, by name. */
  Map<String, Step> steps() {
    List<Step> steps = new ArrayList<>();
    steps.add(step("doctor", CommandLine.onGpu("doctor")));
    steps.add(new Step("tests", TWENTY_MINUTES, check()));
    // A second time it goes on from the end of the first, and still evaluates.
    steps.add(
        step("training", CommandLine.onGpu("train --preset tiny --resume --out", path("run"))));
    steps.add(step("launches", check("--launches")));
    steps.add(step("bandwidth", check("--bandwidth", "--json", path("bandwidth.json"))));
    WORKS.forEach((name, work) -> steps.add(profile("profile-" + name, work)));
    steps.add(feeding(WORKS.get("small")));
    WORKS.forEach((name, work) -> steps.add(peers("eager-", name, work, "eager,graph")));
    WORKS.forEach((name, work) -> steps.add(peers("compile-", name, work, work.compiled())));
    steps.add(new Step("memcheck", TWENTY_MINUTES, check("--sanitize", "memcheck")));
    steps.add(
        new Step(
            "memcheck-training", TWENTY_MINUTES, check("--sanitize", "memcheck", "--training")));
    steps.add(new Step("racecheck", TWENTY_MINUTES, check("--sanitize", "racecheck")));
    SequencedMap<String, Step> byName = new LinkedHashMap<>();
    steps.forEach(step -> byName.put(step.name(), step));
    return byName;
  }

  /** The names of all. */
  static List<String> names() {
    return List.copyOf(new AllChecks(Path.of(""), List.of()).steps().keySet());
  }

  int run(PrintStream out) throws IOException, InterruptedException {
    Map<String, Step> all = steps();
    List<Step> steps =
        chosen.isEmpty() ? List.copyOf(all.values()) : chosen.stream().map(all::get).toList();
    return new Steps(folder).run(steps, out) ? GpuCheck.PASSED : GpuCheck.FAILED;
  }

  private Step profile(String name, Work work) {
    List<String> options = new ArrayList<>(List.of("--json", path(name + ".json")));
    if (!work.training) {
      options.add("--inference");
    }
    return benchmark(name, "profile", work, options);
  }

  /** Of the shortest step, in which data weigh most. */
  private static Step feeding(Work work) {
    return benchmark("feeding", "feeding", work, List.of("--steps", "300", "--at-most", "3"));
  }

  private static Step benchmark(String name, String command, Work work, List<String> options) {
    List<String> words = new ArrayList<>(List.of(command, "--device", "cuda"));
    words.addAll(List.of("--precision", "bf16", "--network", work.network, "--size", work.size));
    words.addAll(options);
    return step(name, ChildJvm.command(BENCHMARKS, List.of(), words.toArray(String[]::new)));
  }

  /** Into one file for each work, where the figures of the other engines stay. */
  private Step peers(String kind, String name, Work work, String engines) {
    return step(
        kind + name,
        check(
            "--peers",
            "--only=" + work.row(),
            "--engines=auxgrad," + engines,
            "--json=" + path("peers-" + name + ".json")));
  }

  private static Step step(String name, List<String> command) {
    return new Step(name, TEN_MINUTES - MARGIN, command);
  }

  private String path(String file) {
    return folder.resolve(file).toAbsolutePath().toString();
  }

  private static List<String> check(String... arguments) {
    return ChildJvm.command(GpuCheck.class, List.of(), arguments);
  }
}
