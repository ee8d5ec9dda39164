package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Records every case on one draw of its inputs and runs the recording on another one. */
class RecordedCaseTest {
  private static final long SEED = 20260301;

  private final Backend backend = Backends.cpu();

  @TestFactory
  Stream<DynamicTest> recordedOpsGiveTheSameBytes() {
    return Cases.all().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> check(c)));
  }

  private void check(OpCase c) {
    List<Array64> first = draw(c, 1);
    List<Array64> second = draw(c, 2);
    try (var _ = TensorScope.open()) {
      List<Tensor> inputs = first.stream().map(a -> a.upload(backend.memory())).toList();
      List<Tensor> results = new ArrayList<>();
      Runnable body = () -> results.addAll(run(c, inputs));
      if (c.covers().contains("optimizer.sumOfSquares")) {
        assertThrows(IllegalStateException.class, () -> backend.record(body));
        return;
      }
      try (Replay recording = backend.record(body)) {
        for (int i = 0; i < inputs.size(); i++) {
          inputs.get(i).setBytes(second.get(i).upload(backend.memory()).segment());
        }
        recording.run();
        compare(c, second, results);
      }
    }
  }

  private void compare(OpCase c, List<Array64> inputs, List<Tensor> results) {
    List<Tensor> fresh = inputs.stream().map(a -> a.upload(backend.memory())).toList();
    List<Tensor> want = run(c, fresh);
    for (int i = 0; i < want.size(); i++) {
      assertArrayEquals(
          Array64.download(want.get(i)).data(),
          Array64.download(results.get(i)).data(),
          c + " result " + i);
    }
  }

  /** Outputs and gradients; what was made beside them is closed, and its memory used again. */
  private List<Tensor> run(OpCase c, List<Tensor> inputs) {
    try (TensorScope scope = TensorScope.open()) {
      List<Tensor> results = new ArrayList<>(c.forward().apply(backend, inputs));
      if (c.gradient() != null) {
        Tensor dy = results.getFirst();
        for (Tensor gradient : c.gradient().apply(backend, inputs, List.copyOf(results), dy)) {
          if (gradient != null) {
            results.add(gradient);
          }
        }
      }
      results.forEach(scope::keep);
      return results;
    }
  }

  private static List<Array64> draw(OpCase c, int number) {
    Philox random = new Philox(SEED, number);
    return c.inputs().stream().map(input -> input.draw(random)).toList();
  }
}
