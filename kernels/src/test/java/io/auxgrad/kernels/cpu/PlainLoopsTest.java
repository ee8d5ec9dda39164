package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.UnaryOp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library in a Java machine without the vector module. */
class PlainLoopsTest {
  @TempDir Path folder;

  @Test
  void worksAndSaysSoOnce() throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    String said = Files.readString(errors, StandardCharsets.UTF_8);
    assertEquals(0, process.exitValue(), said);
    assertEquals(1, said.split("--add-modules jdk.incubator.vector", -1).length - 1, said);
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    assertTrue(lines.getFirst().endsWith("plain loops"), lines.getFirst());
    double vectors = Program.compute();
    assertEquals(vectors, Double.parseDouble(lines.getLast()), 1e-5 * Math.abs(vectors));
  }

  /** One small computation through several families. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      System.out.println(new CpuBackend(1).describe());
      System.out.println(compute());
    }

    static double compute() {
      CpuBackend backend = new CpuBackend(2);
      try (var _ = TensorScope.open()) {
        float[] values = new float[2 * 8 * 9 * 21];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) Math.sin(i);
        }
        Tensor x = Tensor.of(backend.memory(), Shape.of(2, 8, 9, 21), values);
        Tensor one = Tensor.zeros(backend.memory(), x.dtype(), Shape.of(21));
        backend.pointwise().fill(one, 1);
        Tensor y =
            backend
                .normalization()
                .train(x, one, one, null, null, null, 0.1f, 1e-5f, Activation.RELU6)
                .y();
        Tensor pooled = backend.pooling().max(y, new Pool2dSpec(5, 1, 2), false).y();
        List<Tensor> results =
            new ArrayList<>(upsampledLosses(backend, backend.indexing().slice(y, 3, 0, 3)));
        results.add(backend.pointwise().unary(UnaryOp.SIGMOID, pooled));
        return backend.optimizer().sumOfSquares(results);
      }
    }

    private static List<Tensor> upsampledLosses(CpuBackend backend, Tensor x) {
      int[] labels = new int[2 * 19 * 37];
      float[] targets = new float[3 * labels.length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = i % 4 - 1;
        targets[3 * i + i % 3] = 1;
      }
      Shape fine = Shape.of(2, 19, 37);
      Tensor classes = Tensor.ofInts(backend.memory(), fine, labels);
      Tensor directions = Tensor.of(backend.memory(), Shape.of(2, 19, 37, 3), targets);
      return Stream.of(
              backend.loss().upsampledCrossEntropy(x, classes, -1, null, true),
              backend.loss().upsampledRegression(Penalty.BERHU, x, directions, null, true),
              backend.loss().upsampledCosine(x, directions, null, true))
          .flatMap(r -> Stream.of(r.loss(), backend.pointwise().affine(r.gradient(), 100, 0)))
          .toList();
    }
  }
}
