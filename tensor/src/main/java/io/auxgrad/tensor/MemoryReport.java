package io.auxgrad.tensor;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What {@link TensorScope#report} prints. */
final class MemoryReport {
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
      MemoryUsage usage = memory.usage();
      text.append(
          "%s: %d bytes in use, at most %d so far, %d held from the system%n"
              .formatted(memory.device(), usage.live(), usage.peak(), usage.reserved()));
    }
    return text.toString();
  }

  private String lines() {
    StringBuilder text = new StringBuilder();
    groups.entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<Group, Sum> e) -> -e.getValue().bytes))
        .forEach(e ->
            text.append(
                "%6d x %s, %d bytes%s%n"
                    .formatted(
                        e.getValue().tensors,
                        e.getKey().what(),
                        e.getValue().bytes,
                        e.getKey().where())));
    return text.toString();
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
