package io.auxgrad.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundle on a machine without Java: unpacked elsewhere, written to by nobody. */
final class BundleIT {
  private static final Path BUNDLE = Path.of(System.getProperty("auxgrad.bundle"));
  private static final long MOST_BYTES = 56L << 20;

  @TempDir private static Path machine;
  private static Path installed;
  private static Map<Path, FileTime> files;

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    Path folder = Files.createDirectory(machine.resolve("some where"));
    Files.createDirectory(machine.resolve("home"));
    Path tools = Files.createDirectory(machine.resolve("tools"));
    for (String tool : List.of("dirname", "readlink")) {
      Files.createSymbolicLink(tools.resolve(tool), which(tool));
    }
    Path log = machine.resolve("unpacked");
    int unpacked = process(folder, log, "tar", "-xf", BUNDLE.toString()).start().waitFor();
    assertEquals(0, unpacked, Files.readString(log));
    try (Stream<Path> content = Files.list(folder)) {
      installed = content.toList().getFirst();
    }
    assertEquals(0, process(folder, log, "chmod", "-R", "a-w", ".").start().waitFor());
    files = filesBelow(installed);
  }

  @AfterAll
  static void nothingIsWrittenIntoTheInstallationOrTheHome()
      throws IOException, InterruptedException {
    process(machine, machine.resolve("log"), "chmod", "-R", "u+w", ".").start().waitFor();
    assertEquals(files, filesBelow(installed));
    assertEquals(Map.of(), filesBelow(machine.resolve("home")));
  }

  @Test
  void isSmallEnoughToTravel() throws IOException {
    assumeTrue(BUNDLE.toString().endsWith(".xz"), "the bundle is not compressed");
    long bytes = Files.size(BUNDLE);
    assertTrue(bytes <= MOST_BYTES, bytes + " bytes");
  }

  @Test
  void theDoctorFindsNothingBroken() throws IOException, InterruptedException {
    Ran doctor = run("auxgrad", "doctor");
    assertEquals(0, doctor.code(), doctor.output());
    assertTrue(doctor.output().contains("ok       vector-api"), doctor.output());
    assertTrue(doctor.output().contains("oneDNN"), doctor.output());
  }

  @Test
  void trainsAndPredicts() throws IOException, InterruptedException {
    Ran train = run("auxgrad", "train", "--preset", "tiny", "--out", "run");
    assertEquals(0, train.code(), train.output());
    Ran predict = run("auxgrad", "predict", "run", "run/predictions.png", "--out", "predictions");
    assertEquals(0, predict.code(), predict.output());
    assertTrue(
        filesBelow(machine.resolve("predictions")).keySet().toString().contains(".png"),
        predict.output());
  }

  @Test
  void theGpuCheckSaysThatThereIsNoGpuOrChecksIt() throws IOException, InterruptedException {
    Ran check = run("gpu-check");
    if (Files.exists(Path.of("/dev/nvidiactl"))) {
      assertEquals(0, check.code(), check.output());
      assertTrue(check.output().contains(" passed, 0 failed"), check.output());
    } else {
      assertEquals(3, check.code(), check.output());
      assertTrue(check.output().contains("no GPU to check: "), check.output());
    }
  }

  @Test
  void theGpuCheckSaysHowItIsUsed() throws IOException, InterruptedException {
    Ran help = run("gpu-check", "--help");
    assertEquals(0, help.code(), help.output());
    assertTrue(help.output().contains("--all --out FOLDER"), help.output());
    Ran wrong = run("gpu-check", "--everything");
    assertEquals(2, wrong.code(), wrong.output());
  }

  @Test
  void theProgramThatMeasuresLaunchesStarts() throws IOException, InterruptedException {
    Path program = installed.resolve("lib/test/launch_cost");
    assumeTrue(Files.exists(program), "there was no gcc where the bundle was made");
    Path log = machine.resolve("launch_cost.log");
    assertEquals(2, process(machine, log, program.toString()).start().waitFor());
    assertTrue(Files.readString(log).startsWith("usage: "), Files.readString(log));
  }

  @Test
  void theComparisonWithPyTorchRuns() throws IOException, InterruptedException {
    String python = System.getenv().getOrDefault("AUXGRAD_PYTHON", "python3");
    Path log = machine.resolve("comparison.log");
    assumeTrue(
        process(machine, log, "sh", "-c", python + " -c 'import torch, numpy'").start().waitFor()
            == 0,
        python + " has no torch and numpy; AUXGRAD_PYTHON names another Python");
    String record = installed.resolve("bench/peers/record.py").toString();
    String row = "--only=mobilenetv2-bf16-infer-1x480x640";
    int code =
        process(
                machine, log, python, "-B", record, "--tiny", "--engines=auxgrad,eager", row)
            .start()
            .waitFor();
    assertEquals(0, code, Files.readString(log));
    assertTrue(Files.exists(machine.resolve("record-tiny.json")), Files.readString(log));
  }

  @Test
  void theProfileOfAStepNeedsNothingButAGpu() throws IOException, InterruptedException {
    assumeTrue(Files.notExists(Path.of("/dev/nvidiactl")), "there is a GPU");
    Path log = machine.resolve("profile.log");
    String jars = "lib/native:lib/test/*:lib/*".replaceAll("(^|:)", "$1" + installed + "/");
    List<String> command =
        List.of(
            installed.resolve("java/bin/java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            jars,
            "io.auxgrad.bench.cli.Main",
            "profile",
            "--device",
            "cuda");
    int code = process(machine, log, command.toArray(String[]::new)).start().waitFor();
    assertEquals(1, code, Files.readString(log));
    assertTrue(
        Files.readString(log).contains("bench: device cuda:0 cannot be used: "),
        Files.readString(log));
  }

  @Test
  void aPresetIsTrainedWithSeveralSeeds() throws IOException, InterruptedException {
    Path log = machine.resolve("seeds.log");
    assumeTrue(
        process(machine, log, "sh", "-c", "python3 --version").start().waitFor() == 0,
        "there is no python3");
    String seeds = installed.resolve("bench/tables/seeds.py").toString();
    String runs = "--preset tiny --device cpu --seeds 1,2 --out seeds";
    String[] words = (runs + " --set train.epochs=1 --set data.rooms.train=16").split(" ");
    String[] command =
        Stream.concat(Stream.of("python3", "-B", seeds), Stream.of(words)).toArray(String[]::new);
    assertEquals(0, process(machine, log, command).start().waitFor(), Files.readString(log));
    assertTrue(Files.readString(log).contains("| spread | "), Files.readString(log));
  }

  @Test
  void everyLibraryComesWithItsLicence() throws IOException {
    Path licenses = installed.resolve("licenses");
    List<String> own;
    try (Stream<Path> texts = Files.list(licenses)) {
      own = texts.map(t -> t.getFileName().toString().replace(".txt", "")).toList();
    }
    List<String> libraries =
        Files.readAllLines(licenses.resolve("THIRD-PARTY.txt")).stream()
            .filter(line -> line.startsWith("     ("))
            .toList();
    assertTrue(libraries.size() > 10, libraries.toString());
    for (String library : libraries) {
      assertTrue(
          library.contains("Apache")
              || own.stream().anyMatch(library::contains)
              || hasLicenceInside(library.replaceAll(".*:([^:]+):([^: ]+) - .*", "$1-$2.jar")),
          "no licence for " + library);
    }
  }

  private static boolean hasLicenceInside(String jar) {
    try (Stream<Path> all = Files.walk(installed.resolve("lib"))) {
      Path file = all.filter(f -> f.endsWith(jar)).findFirst().orElseThrow();
      try (ZipFile zip = new ZipFile(file.toFile())) {
        return zip.stream().anyMatch(e -> e.getName().startsWith("META-INF/LICENSE"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Ran(int code, String output) {}

  private static Ran run(String launcher, String... arguments)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(machine, launcher, ".log");
    String[] command =
        Stream.concat(
                Stream.of(installed.resolve("bin").resolve(launcher).toString()),
                Stream.of(arguments))
            .toArray(String[]::new);
    ProcessBuilder process = process(machine, log, command);
    Map<String, String> environment = process.environment();
    environment.clear();
    environment.put("PATH", machine.resolve("tools").toString());
    environment.put("HOME", machine.resolve("home").toString());
    int code = process.start().waitFor();
    return new Ran(code, Files.readString(log));
  }

  private static ProcessBuilder process(Path folder, Path log, String... command) {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile());
  }

  private static Path which(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static Map<Path, FileTime> filesBelow(Path folder) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }
}
