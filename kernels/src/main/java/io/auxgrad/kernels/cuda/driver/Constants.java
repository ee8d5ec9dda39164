package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Values that the host uploads while work is captured. The graph copies them in each run, from
 * pinned memory that stays as it is as long as the graph.
 */
final class Constants implements AutoCloseable {
  private final Stream stream;
  private final Context context;
  private final List<PinnedMemory> kept = new ArrayList<>();

  /** Of what is captured in {@code stream}. */
  Constants(Stream stream) {
    this.stream = stream;
    context = stream.context();
  }

  /** Makes the copy of {@code host} to {@code device} a part of the graph. */
  void upload(MemorySegment host, long device) {
    if (host.byteSize() == 0) {
      return;
    }
    PinnedMemory memory = new PinnedMemory(context, host.byteSize());
    kept.add(memory);
    memory.segment().copyFrom(host);
    int status =
        context
            .driver()
            .copyToDevice(device, memory.segment().address(), host.byteSize(), stream.address());
    context.calls().check(status, "copying %s to the GPU".formatted(Bytes.text(host.byteSize())));
  }

  /** Waits until the GPU reads none of them any more. */
  @Override
  public void close() {
    if (!kept.isEmpty()) {
      stream.drain();
      kept.forEach(PinnedMemory::close);
      kept.clear();
    }
  }
}
