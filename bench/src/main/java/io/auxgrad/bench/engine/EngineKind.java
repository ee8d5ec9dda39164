package io.auxgrad.bench.engine;

import java.util.Arrays;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** The engines by name. */
@SuppressWarnings("ImmutableEnumChecker") // the factories hold nothing
public enum EngineKind {
  /** Ours. */
  AUXGRAD("auxgrad", _ -> new AuxgradEngine()) {
    @Override
    public Optional<String> missing() {
      return Optional.empty();
    }
  },
  /** PyTorch as it is, through Python. */
  EAGER("eager", threads -> new PythonEngine(threads, false)) {
    @Override
    public Optional<String> missing() {
      return Python.missing();
    }
  },
  /** PyTorch with {@code torch.compile}, through Python. */
  COMPILE("compile", threads -> new PythonEngine(threads, true)) {
    @Override
    public Optional<String> missing() {
      return Python.missing();
    }
  },
  /** libtorch through JavaCPP. */
  LIBTORCH("libtorch", threads -> provided("libtorch").open(threads)),
  /** libtorch through the Deep Java Library. */
  DJL("djl", threads -> provided("djl").open(threads));

  private final String label;
  private final IntFunction<Engine> factory;

  EngineKind(String label, IntFunction<Engine> factory) {
    this.label = label;
    this.factory = factory;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  /** Why it cannot be opened here and how to change that; empty if it can. */
  public Optional<String> missing() {
    return provider(label).isPresent()
        ? Python.missing().map(reason -> "its network is traced by PyTorch, and " + reason)
        : Optional.of("its library is not in this build: run with --peers");
  }

  /** Starts it; an engine is meant to be alone in its process. */
  public Engine open(int threads) {
    return factory.apply(threads);
  }

  /**
   * The engine called {@code label}.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static EngineKind of(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label.equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException("there is no engine " + label + "; there is " + labels()));
  }

  private static String labels() {
    return Arrays.stream(values()).map(EngineKind::label).collect(Collectors.joining(", "));
  }

  private static Optional<EngineProvider> provider(String label) {
    return ServiceLoader.load(EngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(p -> p.kind().label.equals(label))
        .findFirst();
  }

  private static EngineProvider provided(String label) {
    return provider(label)
        .orElseThrow(() -> new IllegalStateException(label + " is not in this build"));
  }
}
