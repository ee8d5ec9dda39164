package io.auxgrad.nn.state;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A safetensors header.
 *
 * @param entries by name, in the order of the header
 * @param metadata the texts under {@code __metadata__}
 */
record Header(Map<String, TensorEntry> entries, Map<String, String> metadata) {
  /** The largest header that is read: networks of ours need about a hundred bytes per tensor. */
  static final int MAX_BYTES = 16 << 20;

  private static final int MAX_NAME_SHOWN = 100;

  static final String METADATA = "__metadata__";

  /** Bytes per element by the format's name. */
  static final Map<String, Integer> BYTES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("F8_E8M0", 1),
          Map.entry("U16", 2),
          Map.entry("I16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("U32", 4),
          Map.entry("I32", 4),
          Map.entry("F32", 4),
          Map.entry("U64", 8),
          Map.entry("I64", 8),
          Map.entry("F64", 8),
          Map.entry("C64", 8));

  /** The tensors' data must fill {@code dataBytes} exactly: nothing shared, nothing left over. */
  void requireFilled(long dataBytes) throws StateException {
    long reached = 0;
    String before = "the header";
    for (Map.Entry<String, TensorEntry> e : inFileOrder()) {
      TensorEntry entry = e.getValue();
      if (entry.begin() < reached) {
        throw new StateException(
            "the data of " + quoted(e.getKey()) + " overlaps that of " + before);
      }
      if (entry.begin() > reached) {
        throw new StateException(
            "there are %d unused bytes between %s and %s"
                .formatted(entry.begin() - reached, before, quoted(e.getKey())));
      }
      if (entry.end() > dataBytes) {
        throw new StateException(
            "the data of %s ends at byte %d, but the file has %d; it is truncated"
                .formatted(quoted(e.getKey()), entry.end(), dataBytes));
      }
      reached = entry.end();
      before = quoted(e.getKey());
    }
    if (reached != dataBytes) {
      throw new StateException(
          "there are " + (dataBytes - reached) + " bytes behind the last tensor");
    }
  }

  /** {@code name}, which may be anything, in a form for messages. */
  static String quoted(String name) {
    return "'" + oneLine(name, MAX_NAME_SHOWN) + "'";
  }

  /** {@code text} without control characters, cut behind {@code length} characters. */
  static String oneLine(String text, int length) {
    String shown = text.length() <= length ? text : text.substring(0, length) + "...";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  private List<Map.Entry<String, TensorEntry>> inFileOrder() {
    Comparator<Map.Entry<String, TensorEntry>> byBegin =
        Comparator.comparingLong(e -> e.getValue().begin());
    return entries.entrySet().stream()
        .sorted(byBegin.thenComparingLong(e -> e.getValue().end()))
        .toList();
  }
}
