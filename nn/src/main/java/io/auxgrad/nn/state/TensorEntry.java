package io.auxgrad.nn.state;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import java.util.Optional;

/**
 * What a safetensors header says about one tensor.
 *
 * @param dtype as the format names it, for example {@code F32}; may be one that auxgrad has no
 *     tensors of
 * @param shape the extents
 * @param begin first byte, counted from the end of the header
 * @param end behind the last byte
 */
public record TensorEntry(String dtype, Shape shape, long begin, long end) {
  /** Number of bytes. */
  public long byteSize() {
    return end - begin;
  }

  /** The element type, if auxgrad has it. */
  public Optional<DType> type() {
    for (DType type : DType.values()) {
      if (type.safetensorsName().equals(dtype)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
