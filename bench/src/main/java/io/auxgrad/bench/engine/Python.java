package io.auxgrad.bench.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.auxgrad.tensor.Device;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Python script that answers each line with one line of JSON. */
public final class Python implements AutoCloseable {
  /** System property with the interpreter. */
  public static final String PROPERTY = "auxgrad.bench.python";

  /** System property with the folder of the scripts. */
  public static final String SCRIPTS = "auxgrad.bench.peers";

  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;

  /** Starts {@code script} of the peers' folder and waits for its first line. */
  Python(int threads, String script, String... arguments) {
    ProcessBuilder builder =
        new ProcessBuilder(command(script, arguments))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    answers = process.inputReader(StandardCharsets.UTF_8);
    commands = process.outputWriter(StandardCharsets.UTF_8);
    answer();
  }

  /** The command that runs {@code script} of the peers' folder. */
  public static List<String> command(String script, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(interpreter());
    // Leaves no compiled files in the source tree.
    command.add("-B");
    command.add(Path.of(System.getProperty(SCRIPTS, "bench/peers")).resolve(script).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Why PyTorch cannot be used on {@code device} through Python; empty if it can. */
  static Optional<String> missing(Device device) {
    boolean onGpu = device.kind() == Device.Kind.CUDA;
    String needs = "import torch, numpy" + (onGpu ? "; assert torch.cuda.is_available()" : "");
    try {
      int exit =
          new ProcessBuilder(interpreter(), "-c", needs)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      return exit == 0
          ? Optional.empty()
          : Optional.of(
              interpreter()
                  + (onGpu
                      ? " has no torch that finds a GPU, and numpy"
                      : " has no torch and numpy")
                  + ": pip install torch numpy, or name another Python with"
                  + " --python or AUXGRAD_PYTHON");
    } catch (IOException e) {
      return Optional.of("no Python called " + interpreter() + ": name one with --python");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String interpreter() {
    String variable = System.getenv().getOrDefault("AUXGRAD_PYTHON", "python3");
    return System.getProperty(PROPERTY, variable);
  }

  /** Sends one line and waits for the answer. */
  JsonNode ask(String line) {
    try {
      commands.write(line + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answer();
  }

  private JsonNode answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException(
            "PyTorch's process ended with code " + process.waitFor() + "; its message is above");
      }
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    ask("quit");
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
