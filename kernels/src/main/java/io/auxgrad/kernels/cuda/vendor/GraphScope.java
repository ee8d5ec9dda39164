package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.libraries.Cudnn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** The descriptors that something of cuDNN's graph API is made of; the last made goes first. */
final class GraphScope implements AutoCloseable {
  private final Cudnn cudnn;
  private final Deque<GraphDescriptor> made = new ArrayDeque<>();

  GraphScope(Cudnn cudnn) {
    this.cudnn = cudnn;
  }

  GraphDescriptor create(int kind) {
    GraphDescriptor descriptor = new GraphDescriptor(cudnn, kind);
    made.push(descriptor);
    return descriptor;
  }

  List<GraphDescriptor> create(int kind, int count) {
    return Stream.generate(() -> create(kind)).limit(count).toList();
  }

  @Override
  public void close() {
    made.forEach(GraphDescriptor::close);
  }
}
