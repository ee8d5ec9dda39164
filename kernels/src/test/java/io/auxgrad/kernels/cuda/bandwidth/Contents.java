package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** Numbers for tensors of any size: a piece of random ones, again and again. */
final class Contents implements AutoCloseable {
  private static final int PIECE = 1 << 16;

  private final Arena arena = Arena.ofConfined();
  private final Map<String, MemorySegment> known = new HashMap<>();

  /** Between -1 and 1; in bytes, between 0 and 255. */
  Tensor numbers(Tensor tensor) {
    return fill(
        tensor,
        tensor.dtype().name(),
        bits -> {
          float value = (bits >> 8) * 0x1p-23f;
          return switch (tensor.dtype()) {
            case FLOAT32 -> Float.floatToRawIntBits(value);
            case BFLOAT16 -> Float.floatToRawIntBits(value) >>> 16;
            default -> bits;
          };
        });
  }

  /** Whole numbers from 0 to {@code end}, without it. */
  Tensor below(Tensor tensor, int end) {
    return fill(
        tensor, tensor.dtype() + " below " + end, bits -> Integer.remainderUnsigned(bits, end));
  }

  /** Between 1 and 2. */
  Tensor positive(Tensor tensor) {
    return fill(tensor, "positive", bits -> Float.floatToRawIntBits(1 + (bits >>> 9) * 0x1p-23f));
  }

  private Tensor fill(Tensor tensor, String name, IntFunction<Integer> ofBits) {
    MemorySegment host = known.get(name);
    if (host == null || host.byteSize() < tensor.byteSize()) {
      host = repeated(piece(tensor.dtype(), ofBits), tensor.byteSize());
      known.put(name, host);
    }
    return tensor.setBytes(host.asSlice(0, tensor.byteSize()));
  }

  private static byte[] piece(DType type, IntFunction<Integer> ofBits) {
    Philox random = new Philox(20260101, type.bytes());
    byte[] piece = new byte[PIECE * type.bytes()];
    for (int i = 0; i < PIECE; i++) {
      int value = ofBits.apply(random.nextInt());
      for (int k = 0; k < type.bytes(); k++) {
        piece[i * type.bytes() + k] = (byte) (value >>> (8 * k));
      }
    }
    return piece;
  }

  private MemorySegment repeated(byte[] piece, long bytes) {
    MemorySegment host = arena.allocate(bytes);
    for (long at = 0; at < bytes; at += piece.length) {
      int count = (int) Math.min(piece.length, bytes - at);
      MemorySegment.copy(piece, 0, host, ValueLayout.JAVA_BYTE, at, count);
    }
    return host;
  }

  @Override
  public void close() {
    arena.close();
  }
}
