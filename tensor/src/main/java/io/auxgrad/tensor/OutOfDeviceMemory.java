package io.auxgrad.tensor;

/**
 * A device has no room for a buffer. The message says how much was asked for, what the device and
 * this process have, and, where a tensor was to be made, which ones are the largest.
 */
public final class OutOfDeviceMemory extends OutOfMemoryError {
  private static final long serialVersionUID = 1L;

  private OutOfDeviceMemory(String message) {
    super(message);
  }

  /**
   * In {@code memory}.
   *
   * @param asked bytes that are not to be had
   * @param remedy what a user may do
   */
  public static OutOfDeviceMemory of(DeviceMemory memory, long asked, String remedy) {
    MemoryCapacity device = memory.capacity();
    MemoryUsage usage = memory.usage();
    return new OutOfDeviceMemory(
        "%s: %s were asked for; of %s, %s are free, and this process has %s in use and holds %s: %s"
            .formatted(
                memory.device(),
                Bytes.text(asked),
                Bytes.text(device.total()),
                Bytes.text(device.free()),
                Bytes.text(usage.live()),
                Bytes.text(usage.reserved()),
                remedy));
  }

  /** The same with the tensor that was to be made, and the largest ones that are there. */
  OutOfDeviceMemory forTensor(DType dtype, Shape shape, String largest) {
    OutOfDeviceMemory more =
        new OutOfDeviceMemory("%s (for %s%s)%s".formatted(getMessage(), dtype, shape, largest));
    more.initCause(this);
    return more;
  }
}
