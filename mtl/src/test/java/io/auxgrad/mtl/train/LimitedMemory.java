package io.auxgrad.mtl.train;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryCapacity;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.OutOfDeviceMemory;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The memory of the processor, as if there were less of it. Nothing can be recorded in it. */
final class LimitedMemory implements DeviceMemory {
  private final DeviceMemory memory = Backends.cpu().memory();
  private final long limit;
  private long live;
  private long peak;
  private long held;

  LimitedMemory(long limit) {
    this.limit = limit;
  }

  /** Lets {@code bytes} be as those that a recording keeps. */
  void hold(long bytes) {
    held = bytes;
  }

  /** The processor's backend, with this memory for all that is made new. */
  Backend backend() {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("memory")) {
                return this;
              }
              try {
                return method.invoke(Backends.cpu(), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public Device device() {
    return memory.device();
  }

  @Override
  public Buffer allocate(long bytes) {
    if (live + held + bytes > limit) {
      throw OutOfDeviceMemory.of(this, bytes, "use less");
    }
    Buffer buffer = memory.allocate(bytes);
    live += buffer.capacity();
    peak = Math.max(peak, live);
    return buffer;
  }

  @Override
  public void release(Buffer buffer) {
    live -= buffer.capacity();
    memory.release(buffer);
  }

  @Override
  public void upload(MemorySegment host, Buffer buffer) {
    memory.upload(host, buffer);
  }

  @Override
  public void download(Buffer buffer, MemorySegment host) {
    memory.download(buffer, host);
  }

  @Override
  public void clear(Buffer buffer, long bytes) {
    memory.clear(buffer, bytes);
  }

  @Override
  public MemoryUsage usage() {
    return new MemoryUsage(live, peak, live + held);
  }

  @Override
  public MemoryCapacity capacity() {
    return new MemoryCapacity(limit - live - held, limit);
  }

  @Override
  public void trim() {}
}
