package io.auxgrad.nn.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tensors by name in one file, in the safetensors format: eight bytes with the length of the
 * header, a JSON header, then the raw little-endian data. Python's {@code safetensors} reads and
 * writes the same files.
 *
 * <pre>{@code
 * Safetensors.write(path, module.state(), Map.of("epoch", "12"));
 * try (var file = Safetensors.open(path)) {
 *   Tensor weight = file.read("conv.weight", memory);
 * }
 * }</pre>
 *
 * <p>The bytes of a file depend on names, tensors and metadata alone, not on the order of the maps.
 */
public final class Safetensors {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long CHUNK = 1 << 30;
  private static final int ALIGNMENT = 8;

  // Wide elements first, so that each tensor is aligned to its element.
  private static final List<DType> TYPES =
      List.of(DType.FLOAT64, DType.FLOAT32, DType.INT32, DType.BFLOAT16, DType.UINT8);

  private Safetensors() {}

  /**
   * Writes {@code tensors} to {@code file}, whole or not at all: a file of that name is replaced
   * only when the new one is safe on disk.
   *
   * @param metadata texts that go into the header
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    AtomicFile.write(file, channel -> encode(tensors, metadata, channel));
  }

  /**
   * Opens {@code file} and checks its header; tensors are read when asked for.
   *
   * @throws StateException if the file is not a sound safetensors file
   */
  public static SafetensorsFile open(Path file) throws IOException {
    return SafetensorsFile.open(file);
  }

  /** Writes the bytes of a file into {@code channel}. */
  static void encode(
      Map<String, Tensor> tensors, Map<String, String> metadata, WritableByteChannel channel)
      throws IOException {
    List<Map.Entry<String, Tensor>> ordered = inFileOrder(tensors);
    byte[] json = header(ordered, new TreeMap<>(metadata));
    int padded = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
    if (padded > Header.MAX_BYTES) {
      throw new StateException(
          "a header of " + padded + " bytes is more than the " + Header.MAX_BYTES + " allowed");
    }
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(json);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    writeAll(channel, head.flip());
    for (Map.Entry<String, Tensor> entry : ordered) {
      writeData(channel, entry.getValue());
    }
  }

  // The order in which Python's safetensors writes: then both write the same bytes.
  private static List<Map.Entry<String, Tensor>> inFileOrder(Map<String, Tensor> tensors) {
    Comparator<Map.Entry<String, Tensor>> byType =
        Comparator.comparingInt(e -> TYPES.indexOf(e.getValue().dtype()));
    return tensors.entrySet().stream()
        .sorted(byType.thenComparing(Map.Entry.comparingByKey()))
        .toList();
  }

  private static byte[] header(
      List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(Header.METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long begin = 0;
      for (Map.Entry<String, Tensor> entry : tensors) {
        begin = writeEntry(json, entry.getKey(), entry.getValue(), begin);
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static long writeEntry(JsonGenerator json, String name, Tensor tensor, long begin)
      throws IOException {
    if (name.equals(Header.METADATA)) {
      throw new IllegalArgumentException("safetensors: no tensor may be named " + name);
    }
    long end = begin + tensor.byteSize();
    json.writeObjectFieldStart(name);
    json.writeStringField("dtype", tensor.dtype().safetensorsName());
    json.writeFieldName("shape");
    int[] dims = tensor.shape().dims();
    json.writeArray(dims, 0, dims.length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {begin, end}, 0, 2);
    json.writeEndObject();
    return end;
  }

  private static void writeData(WritableByteChannel channel, Tensor tensor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(tensor.byteSize());
      tensor.getBytes(host);
      for (long at = 0; at < host.byteSize(); at += CHUNK) {
        writeAll(channel, host.asSlice(at, Math.min(CHUNK, host.byteSize() - at)).asByteBuffer());
      }
    }
  }

  private static void writeAll(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
