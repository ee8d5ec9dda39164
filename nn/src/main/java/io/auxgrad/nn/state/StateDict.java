package io.auxgrad.nn.state;

import io.auxgrad.nn.Module;
import io.auxgrad.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Saves the parameters and buffers of a module to a file, and loads them back. */
public final class StateDict {
  private static final int NAMES_SHOWN = 3;

  private StateDict() {}

  /** Writes {@link Module#state}, whole or not at all. */
  public static void save(Module module, Path file, Map<String, String> metadata)
      throws IOException {
    Safetensors.write(file, module.state(), metadata);
  }

  /**
   * Loads all parameters and buffers of {@code module} from {@code file}, in place. All or nothing:
   * if the file is damaged, or any name, dtype or shape does not fit, the module stays as it was.
   *
   * @return the file's metadata
   * @throws StateException naming the file and what does not fit
   */
  public static Map<String, String> load(Module module, Path file) throws IOException {
    try (SafetensorsFile source = Safetensors.open(file)) {
      load(module.state(), source, "");
      return source.metadata();
    }
  }

  /**
   * Loads each of {@code targets} from the tensor {@code prefix + name} of {@code source}, in
   * place; all or nothing. Tensors of the file under another prefix are left alone.
   *
   * @throws StateException naming the file and what does not fit
   */
  public static void load(Map<String, Tensor> targets, SafetensorsFile source, String prefix)
      throws IOException {
    requireSameNames(targets, source, prefix);
    for (Map.Entry<String, Tensor> target : targets.entrySet()) {
      requireFits(target.getKey(), target.getValue(), source, prefix);
    }
    try (Arena arena = Arena.ofConfined()) {
      Map<Tensor, MemorySegment> staged = new LinkedHashMap<>();
      for (Map.Entry<String, Tensor> target : targets.entrySet()) {
        staged.put(target.getValue(), source.bytes(prefix + target.getKey(), arena));
      }
      staged.forEach(Tensor::setBytes);
    }
  }

  private static void requireSameNames(
      Map<String, Tensor> targets, SafetensorsFile source, String prefix) throws StateException {
    List<String> missing = new ArrayList<>();
    for (String name : targets.keySet()) {
      if (!source.entries().containsKey(prefix + name)) {
        missing.add(prefix + name);
      }
    }
    List<String> unexpected = new ArrayList<>();
    for (String name : source.entries().keySet()) {
      if (name.startsWith(prefix) && !targets.containsKey(name.substring(prefix.length()))) {
        unexpected.add(name);
      }
    }
    if (!missing.isEmpty() || !unexpected.isEmpty()) {
      throw new StateException(
          "%s does not fit the module: missing %s, unexpected %s"
              .formatted(source.path(), shown(missing), shown(unexpected)));
    }
  }

  private static void requireFits(String name, Tensor target, SafetensorsFile source, String prefix)
      throws StateException {
    TensorEntry entry = source.entries().get(prefix + name);
    if (!entry.dtype().equals(target.dtype().safetensorsName())
        || !entry.shape().equals(target.shape())) {
      throw new StateException(
          "%s does not fit the module: '%s' is %s %s, expected %s %s"
              .formatted(
                  source.path(),
                  prefix + name,
                  entry.dtype(),
                  entry.shape(),
                  target.dtype().safetensorsName(),
                  target.shape()));
    }
  }

  private static String shown(List<String> names) {
    if (names.isEmpty()) {
      return "nothing";
    }
    String first =
        names.stream().limit(NAMES_SHOWN).map(Header::quoted).collect(Collectors.joining(", "));
    return names.size() <= NAMES_SHOWN
        ? first
        : first + " and " + (names.size() - NAMES_SHOWN) + " more";
  }
}
