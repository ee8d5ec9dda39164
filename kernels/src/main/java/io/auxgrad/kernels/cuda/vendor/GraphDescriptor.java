package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.libraries.Cudnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBackendAttributeType;
import jcuda.jcudnn.cudnnBackendDescriptor;

/**
 * A descriptor of cuDNN's graph API: attributes, by the numbers that cuDNN gives them, which can no
 * longer be set once it is finished.
 */
final class GraphDescriptor implements AutoCloseable {
  // What JCuda's constants end before.
  private static final int TYPE_CHAR = 24;

  private final Cudnn cudnn;
  private final int kind;
  private final Raw descriptor = new Raw();

  /** One of {@code kind}, of {@code cudnnBackendDescriptorType}. */
  GraphDescriptor(Cudnn cudnn, int kind) {
    this.cudnn = cudnn;
    this.kind = kind;
    cudnn.check(
        JCudnn.cudnnBackendCreateDescriptor(kind, descriptor),
        "cudnnBackendCreateDescriptor of " + kind);
  }

  /** The functions of the library that this calls. */
  static Stream<String> functions() {
    return Stream.of("CreateDescriptor", "SetAttribute", "GetAttribute", "Finalize")
        .map("cudnnBackend"::concat);
  }

  /** As JCuda takes it. */
  cudnnBackendDescriptor raw() {
    return descriptor;
  }

  /** Which kind it is of. */
  int kind() {
    return kind;
  }

  GraphDescriptor set(int attribute, long... values) {
    return set(
        attribute,
        cudnnBackendAttributeType.CUDNN_TYPE_INT64,
        values.length,
        arena -> arena.allocateFrom(ValueLayout.JAVA_LONG, values));
  }

  GraphDescriptor setFloat(int attribute, float value) {
    return set(
        attribute,
        cudnnBackendAttributeType.CUDNN_TYPE_FLOAT,
        1,
        arena -> arena.allocateFrom(ValueLayout.JAVA_FLOAT, value));
  }

  GraphDescriptor setDouble(int attribute, double value) {
    return set(
        attribute,
        cudnnBackendAttributeType.CUDNN_TYPE_DOUBLE,
        1,
        arena -> arena.allocateFrom(ValueLayout.JAVA_DOUBLE, value));
  }

  GraphDescriptor setFlag(int attribute, boolean value) {
    return set(
        attribute,
        cudnnBackendAttributeType.CUDNN_TYPE_BOOLEAN,
        1,
        arena -> arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) (value ? 1 : 0)));
  }

  /** Sets one of the values of an enumeration, {@code type}. */
  GraphDescriptor setChoice(int attribute, int type, int value) {
    return set(attribute, type, 1, arena -> arena.allocateFrom(ValueLayout.JAVA_INT, value));
  }

  GraphDescriptor setHandle(int attribute, NativeHandle handle) {
    return setNumbers(attribute, cudnnBackendAttributeType.CUDNN_TYPE_HANDLE, handle.value());
  }

  GraphDescriptor setAddresses(int attribute, long... values) {
    return setNumbers(attribute, cudnnBackendAttributeType.CUDNN_TYPE_VOID_PTR, values);
  }

  GraphDescriptor setDescriptors(int attribute, GraphDescriptor... values) {
    return setNumbers(
        attribute,
        cudnnBackendAttributeType.CUDNN_TYPE_BACKEND_DESCRIPTOR,
        numbers(List.of(values)));
  }

  private GraphDescriptor setNumbers(int attribute, int type, long... values) {
    return set(
        attribute, type, values.length, arena -> arena.allocateFrom(ValueLayout.JAVA_LONG, values));
  }

  /** Sets text, as it was got. */
  GraphDescriptor setText(int attribute, byte[] text) {
    return set(
        attribute,
        TYPE_CHAR,
        text.length,
        arena -> arena.allocateFrom(ValueLayout.JAVA_BYTE, text));
  }

  // JCuda passes on the addresses of native memory here, and nothing of arrays.
  private GraphDescriptor set(
      int attribute, int type, int count, Function<Arena, MemorySegment> values) {
    try (Arena arena = Arena.ofConfined()) {
      Address at = new Address(values.apply(arena).address());
      cudnn.check(
          JCudnn.cudnnBackendSetAttribute(descriptor, attribute, type, count, at),
          "setting attribute %d of a descriptor %d".formatted(attribute, kind));
    }
    return this;
  }

  /**
   * Has cuDNN look at it as a whole.
   *
   * @throws io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException if it is meaningful,
   *     but cuDNN does not do it
   */
  GraphDescriptor finish() {
    cudnn.check(
        JCudnn.cudnnBackendFinalize(descriptor),
        "cudnnBackendFinalize of a descriptor %d".formatted(kind));
    return this;
  }

  long getLong(int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      get(attribute, cudnnBackendAttributeType.CUDNN_TYPE_INT64, 1, value);
      return value.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Values of an enumeration, {@code type}; no more than {@code most}. */
  int[] getChoices(int attribute, int type, int most) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate(ValueLayout.JAVA_INT, most);
      int count = get(attribute, type, most, values);
      return Arrays.copyOf(values.toArray(ValueLayout.JAVA_INT), count);
    }
  }

  byte[] getText(int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      int length = get(attribute, TYPE_CHAR, 0, MemorySegment.NULL);
      MemorySegment text = arena.allocate(length);
      get(attribute, TYPE_CHAR, length, text);
      return text.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** How many descriptors an attribute has. */
  int count(int attribute) {
    return get(
        attribute, cudnnBackendAttributeType.CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, MemorySegment.NULL);
  }

  /** Makes {@code into} the first descriptors of an attribute; returns those that were made so. */
  List<GraphDescriptor> get(int attribute, List<GraphDescriptor> into) {
    try (Arena arena = Arena.ofConfined()) {
      int count =
          get(
              attribute,
              cudnnBackendAttributeType.CUDNN_TYPE_BACKEND_DESCRIPTOR,
              into.size(),
              arena.allocateFrom(ValueLayout.JAVA_LONG, numbers(into)));
      return into.subList(0, count);
    }
  }

  /** Writes at most {@code most} elements; returns how many there are of those, or at all for 0. */
  private int get(int attribute, int type, int most, MemorySegment into) {
    long[] count = new long[1];
    cudnn.check(
        JCudnn.cudnnBackendGetAttribute(
            descriptor, attribute, type, most, count, new Address(into.address())),
        "getting attribute %d of a descriptor %d".formatted(attribute, kind));
    int there = Math.toIntExact(count[0]);
    return most == 0 ? there : Math.min(most, there);
  }

  private static long[] numbers(List<GraphDescriptor> descriptors) {
    return descriptors.stream().mapToLong(d -> d.descriptor.value()).toArray();
  }

  @Override
  public void close() {
    JCudnn.cudnnBackendDestroyDescriptor(descriptor);
  }

  /** JCuda's, whose number others refer to it by. */
  private static final class Raw extends cudnnBackendDescriptor {
    long value() {
      return getNativePointer();
    }
  }
}
