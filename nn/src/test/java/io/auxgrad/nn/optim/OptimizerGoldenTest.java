package io.auxgrad.nn.optim;

import static io.auxgrad.nn.Golden.assertClose;

import io.auxgrad.nn.Context;
import io.auxgrad.nn.Golden;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.Parameter;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.tensor.TensorScope;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten steps of two groups against PyTorch; the second group has no gradient in the first three. */
@ExtendWith(NoLeaks.class)
class OptimizerGoldenTest {
  private static final Map<String, Function<List<ParameterGroup>, Optimizer>> OPTIMIZERS =
      Map.of(
          "sgd", g -> new Sgd(g, 0),
          "sgd_momentum", g -> new Sgd(g, 0.9),
          "sgd_nesterov", g -> new Sgd(g, 0.9, 0, true),
          "sgd_dampening", g -> new Sgd(g, 0.8, 0.3, false),
          "adam", Adam::new,
          "adam_w", g -> new AdamW(g, 0.8, 0.99, 1e-6));

  static Stream<Arguments> cases() {
    return OPTIMIZERS.keySet().stream()
        .sorted()
        .flatMap(name -> Stream.of(Arguments.of(name, 0.0), Arguments.of(name, 0.05)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void followsTorch(String name, double decay) throws IOException {
    try (SafetensorsFile golden = Golden.open("optimizers");
        Weights weights = new Weights(Context.cpu(0));
        Optimizer optimizer =
            OPTIMIZERS
                .get(name)
                .apply(List.of(weights.groupOfA(0.1, decay), weights.groupOfB(0.02, 2 * decay)));
        var _ = TensorScope.open()) {
      weights.a.value().set(floats(golden, "start.a"));
      weights.b.value().set(floats(golden, "start.b"));
      for (int step = 0; step < 10; step++) {
        Weights.setGradient(weights.a, floats(golden, "gradient." + step + ".a"));
        if (step >= 3) {
          Weights.setGradient(weights.b, floats(golden, "gradient." + step + ".b"));
        }
        optimizer.step();
        optimizer.zeroGradients();
        String want = name + ".decay_" + decay + "." + step + ".";
        compare(golden, want + "a", weights.a);
        compare(golden, want + "b", weights.b);
      }
    }
  }

  private static void compare(SafetensorsFile golden, String name, Parameter got)
      throws IOException {
    assertClose(floats(golden, name), got.value().toFloats(), 2e-6, name);
  }

  private static float[] floats(SafetensorsFile golden, String name) throws IOException {
    return Golden.tensor(golden, name).toFloats();
  }
}
