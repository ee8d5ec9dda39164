package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import io.auxgrad.tensor.Bytes;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.ops.Backend;
import java.util.function.Consumer;

/**
 * A data set whose samples are taken to a device when the first batch is asked for, if they fit.
 * Closing it frees the device's memory; the data set itself stays usable.
 */
final class ResidentDataset implements Dataset, AutoCloseable {
  private final CachedDataset source;
  private final Backend backend;
  private final Residency residency;
  private final Consumer<String> notes;
  private boolean decided;
  private DeviceSamples samplesOrNull;

  ResidentDataset(
      CachedDataset source, Backend backend, Residency residency, Consumer<String> notes) {
    this.source = source;
    this.backend = backend;
    this.residency = residency;
    this.notes = notes;
  }

  /**
   * The samples on the device; null where they stay with the host, or are asked for at another
   * size.
   *
   * @throws UserException if they have to be on the device and do not fit
   */
  synchronized DeviceSamples samplesOrNull(ImageSize size) {
    if (!decided) {
      samplesOrNull = belongsOnDevice() ? DeviceSamples.upload(source, backend) : null;
      decided = true;
    }
    return samplesOrNull != null && samplesOrNull.size().equals(size) ? samplesOrNull : null;
  }

  private boolean belongsOnDevice() {
    return switch (residency) {
      case HOST -> false;
      case AUTO -> !backend.memory().device().equals(Device.CPU) && fitsWell();
      case DEVICE -> {
        requireRoom();
        yield true;
      }
    };
  }

  private boolean fitsWell() {
    boolean fits = bytes() <= free() / 2;
    notes.accept(
        fits
            ? residence()
            : "%s stays in the host's memory: its %d samples take %s, more than half of the %s that are free on %s (data.memory=device takes them there)"
                .formatted(name(), size(), Bytes.text(bytes()), Bytes.text(free()), device()));
    return fits;
  }

  private void requireRoom() {
    if (bytes() > free()) {
      throw new UserException(
          "%s does not fit on %s: its %d samples of %s take %s, and %s are free; set data.memory=host, or a smaller data.size"
              .formatted(
                  name(),
                  device(),
                  size(),
                  source.imageSize(),
                  Bytes.text(bytes()),
                  Bytes.text(free())));
    }
    notes.accept(residence());
  }

  private String residence() {
    return "%s: %d samples, %s, in the memory of %s"
        .formatted(name(), size(), Bytes.text(bytes()), device());
  }

  private long bytes() {
    return size() * PackedSample.bytes(source.imageSize());
  }

  // What the pool holds without using it is to be had too.
  private long free() {
    DeviceMemory memory = backend.memory();
    MemoryUsage usage = memory.usage();
    return memory.capacity().free() + Math.max(0, usage.reserved() - usage.live());
  }

  private Device device() {
    return backend.memory().device();
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public String id(int index) {
    return source.id(index);
  }

  @Override
  public void prepare(int... indices) {
    source.prepare(indices);
  }

  @Override
  public Sample load(int index) {
    return source.load(index);
  }

  @Override
  public synchronized void close() {
    if (samplesOrNull != null) {
      samplesOrNull.close();
      samplesOrNull = null;
    }
  }
}
