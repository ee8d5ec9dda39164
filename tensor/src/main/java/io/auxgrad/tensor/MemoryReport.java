package io.auxgrad.tensor;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@link TensorScope#report} prints. */
final class MemoryReport {
  private static final int LARGEST = 4;

  /** Tensors of the same type and shape, made at the same place. */
  private record Group(String what, String where) {}

  private static final class Sum {
    private int tensors;
    private long bytes;
  }

  private final Map<Group, Sum> groups = new HashMap<>();
  private final Set<DeviceMemory> memories = new LinkedHashSet<>();
  private final Set<Object> counted = Collections.newSetFromMap(new IdentityHashMap<>());

  private MemoryReport() {}

  static String of(List<Tensor> tensors) {
    MemoryReport report = new MemoryReport();
    tensors.forEach(report::add);
    return "live tensors: " + tensors.size() + "\n" + report.usage() + report.lines();
  }

  /** The largest of those on {@code device}, in one line. */
  static String largest(List<Tensor> tensors, Device device) {
    MemoryReport report = new MemoryReport();
    tensors.stream().filter(tensor -> tensor.device().equals(device)).forEach(report::add);
    return report.largestFirst().limit(LARGEST).collect(Collectors.joining(", "));
  }

  private void add(Tensor tensor) {
    memories.add(tensor.memory());
    Sum sum =
        groups.computeIfAbsent(new Group(tensor.toString(), madeAt(tensor)), group -> new Sum());
    sum.tensors++;
    if (counted.add(tensor.storage())) {
      sum.bytes += tensor.byteSize();
    }
  }

  private String usage() {
    StringBuilder text = new StringBuilder();
    for (DeviceMemory memory : memories) {
      MemoryCapacity device = memory.capacity();
      text.append(
          "%s: %s; of the device's %s, %s are free%n"
              .formatted(
                  memory.device(),
                  memory.usage().text(),
                  Bytes.text(device.total()),
                  Bytes.text(device.free())));
    }
    return text.toString();
  }

  private String lines() {
    return largestFirst().map(line -> "  " + line + "%n".formatted()).collect(Collectors.joining());
  }

  private Stream<String> largestFirst() {
    return groups.entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<Group, Sum> e) -> -e.getValue().bytes))
        .map(e ->
            "%d x %s, %s%s"
                .formatted(
                    e.getValue().tensors,
                    e.getKey().what(),
                    Bytes.text(e.getValue().bytes),
                    e.getKey().where()));
  }

  private static String madeAt(Tensor tensor) {
    if (tensor.origin == null) {
      return "";
    }
    for (StackTraceElement frame : tensor.origin.getStackTrace()) {
      if (!frame.getClassName().startsWith("io.auxgrad.tensor.")) {
        return ", made at " + frame;
      }
    }
    return "";
  }
}
