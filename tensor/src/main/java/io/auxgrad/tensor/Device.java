package io.auxgrad.tensor;

/**
 * Where a tensor lives.
 *
 * @param kind CPU or CUDA
 * @param index which one of that kind, from 0
 */
public record Device(Kind kind, int index) {
  /** The kinds of device. */
  public enum Kind {
    /** The host's processor. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA
  }

  /** The host's processor. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** The GPU number {@code index}. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }
}
