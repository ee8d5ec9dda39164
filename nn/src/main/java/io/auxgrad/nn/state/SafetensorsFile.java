package io.auxgrad.nn.state;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * An open safetensors file whose header has been checked; {@link Safetensors#open} makes it. Not
 * thread-safe.
 */
public final class SafetensorsFile implements AutoCloseable {
  private static final long CHUNK = 1 << 30;
  private static final int MAX_MESSAGE = 500;

  private final Path path;
  private final FileChannel channel;
  private final Header header;
  private final long dataStart;

  private SafetensorsFile(Path path, FileChannel channel, Header header, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  static SafetensorsFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      long length = headerLength(channel);
      Header header = HeaderParser.parse(text(channel, (int) length));
      header.requireFilled(channel.size() - Long.BYTES - length);
      return new SafetensorsFile(path, channel, header, Long.BYTES + length);
    } catch (StateException e) {
      channel.close();
      String problem = Header.oneLine(e.getMessage(), MAX_MESSAGE);
      throw new StateException(path + " is not a sound safetensors file: " + problem, e);
    } catch (IOException e) {
      channel.close();
      throw new StateException(path + " cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** What the header says about each tensor, by name. */
  public Map<String, TensorEntry> entries() {
    return Collections.unmodifiableMap(header.entries());
  }

  /** The texts under {@code __metadata__}. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /**
   * Reads one tensor into {@code memory}; it belongs to the current scope.
   *
   * @throws StateException if there is none of that name, or its dtype is one that auxgrad lacks
   */
  public Tensor read(String name, DeviceMemory memory) throws IOException {
    TensorEntry entry = entry(name);
    DType type =
        entry
            .type()
            .orElseThrow(() ->
                new StateException(
                    "%s: '%s' is %s; auxgrad has F32, BF16, I32, U8 and F64"
                        .formatted(path, name, entry.dtype())));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = bytes(name, arena);
      return Tensor.empty(memory, type, entry.shape()).setBytes(bytes);
    }
  }

  /**
   * Reads the little-endian bytes of one tensor of any dtype.
   *
   * @throws StateException if there is none of that name, or the file cannot be read
   */
  public MemorySegment bytes(String name, Arena arena) throws IOException {
    TensorEntry entry = entry(name);
    MemorySegment bytes = arena.allocate(entry.byteSize());
    try {
      readAll(dataStart + entry.begin(), bytes);
    } catch (IOException e) {
      throw new StateException(
          "%s: '%s' cannot be read: %s".formatted(path, name, e.getMessage()), e);
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private TensorEntry entry(String name) throws StateException {
    TensorEntry entry = header.entries().get(name);
    if (entry == null) {
      throw new StateException(path + " has no tensor '" + name + "'");
    }
    return entry;
  }

  private void readAll(long position, MemorySegment into) throws IOException {
    for (long at = 0; at < into.byteSize(); at += CHUNK) {
      long length = Math.min(CHUNK, into.byteSize() - at);
      readAll(channel, position + at, into.asSlice(at, length).asByteBuffer());
    }
  }

  private static void readAll(FileChannel channel, long position, ByteBuffer into)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
      at += count;
    }
  }

  private static long headerLength(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new StateException("it has " + size + " bytes, fewer than a header takes");
    }
    ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readAll(channel, 0, prefix);
    long length = prefix.getLong(0);
    if (length < 2 || length > Header.MAX_BYTES) {
      throw new StateException(
          "it claims a header of %s bytes; 2 to %d are possible"
              .formatted(Long.toUnsignedString(length), Header.MAX_BYTES));
    }
    if (length > size - Long.BYTES) {
      throw new StateException(
          "its header has %d bytes, but only %d are there".formatted(length, size - Long.BYTES));
    }
    return length;
  }

  private static String text(FileChannel channel, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    readAll(channel, Long.BYTES, bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new StateException("its header is not UTF-8 text", e);
    }
  }
}
