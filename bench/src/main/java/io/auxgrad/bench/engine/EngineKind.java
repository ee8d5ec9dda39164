package io.auxgrad.bench.engine;

import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backends;
import java.util.Arrays;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** The engines by name. */
@SuppressWarnings("ImmutableEnumChecker") // the factories hold nothing
public enum EngineKind {
  /** Ours. */
  AUXGRAD("auxgrad", (_, device) -> new AuxgradEngine(device)) {
    @Override
    public Optional<String> missing(Device device) {
      return whyNot(device);
    }
  },
  /** PyTorch as it is, through Python. */
  EAGER("eager", (threads, device) -> new PythonEngine(threads, device, false)) {
    @Override
    public Optional<String> missing(Device device) {
      return Python.missing(device);
    }
  },
  /** PyTorch with {@code torch.compile}, through Python. */
  COMPILE("compile", (threads, device) -> new PythonEngine(threads, device, true)) {
    @Override
    public Optional<String> missing(Device device) {
      return Python.missing(device);
    }
  },
  /** libtorch through JavaCPP. */
  LIBTORCH("libtorch", (threads, _) -> provided("libtorch").open(threads)),
  /** libtorch through the Deep Java Library. */
  DJL("djl", (threads, _) -> provided("djl").open(threads));

  private final String label;
  private final BiFunction<Integer, Device, Engine> factory;

  EngineKind(String label, BiFunction<Integer, Device, Engine> factory) {
    this.label = label;
    this.factory = factory;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  /** Why it cannot compute on {@code device} here and how to change that; empty if it can. */
  public Optional<String> missing(Device device) {
    if (device.kind() != Device.Kind.CPU) {
      return Optional.of("its library is that of the processor: leave out --device");
    }
    return provider(label).isPresent()
        ? Python.missing(device).map(reason -> "its network is traced by PyTorch, and " + reason)
        : Optional.of("its library is not in this build: run with --peers");
  }

  /** Starts it on {@code device}; an engine is meant to be alone in its process. */
  public Engine open(int threads, Device device) {
    return factory.apply(threads, device);
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

  private static Optional<String> whyNot(Device device) {
    try {
      Backends.of(device);
      return Optional.empty();
    } catch (TensorException e) {
      return Optional.of(e.getMessage());
    }
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
