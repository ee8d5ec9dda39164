package io.auxgrad.kernels.cpu.onednn;

import io.auxgrad.kernels.cpu.foreign.CFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The engine and stream of oneDNN in this process, and its OpenMP threads. */
public final class OneDnn {
  private static final int CPU = 1;
  private static final int IN_ORDER = 1;
  private static final int AVX512_BF16 = 0x80;

  private static OneDnn instance;

  private final CFunction setThreads = Library.function("omp_set_num_threads");
  private final long engine = Library.create("dnnl_engine_create", CPU, 0L);
  private final long stream = Library.create("dnnl_stream_create", engine, IN_ORDER);

  private OneDnn() {}

  /**
   * The engine, started at first use.
   *
   * @throws OneDnnException if there is no library for this platform, or it cannot be loaded
   */
  public static synchronized OneDnn get() {
    if (instance == null) {
      Library.load(new Unpacker(Platform.current()).unpack());
      instance = new OneDnn();
    }
    return instance;
  }

  /**
   * Sets the number of threads for what the calling thread does next; OpenMP remembers it per
   * thread.
   */
  public void useThreads(int threads) {
    setThreads.call(threads);
  }

  /** For example {@code oneDNN 3.11.0, AVX512_CORE_BF16}. */
  public String describe() {
    MemorySegment version = view(Library.value("dnnl_version"), 3L * Integer.BYTES);
    return "oneDNN %d.%d.%d, %s"
        .formatted(
            version.getAtIndex(ValueLayout.JAVA_INT, 0),
            version.getAtIndex(ValueLayout.JAVA_INT, 1),
            version.getAtIndex(ValueLayout.JAVA_INT, 2),
            instructionSet(Library.number("dnnl_get_effective_cpu_isa")));
  }

  /**
   * Whether the processor multiplies bfloat16. Without, oneDNN refuses it or makes it of float32 at
   * a loss.
   */
  public boolean hasBfloat16() {
    return (Library.number("dnnl_get_effective_cpu_isa") & AVX512_BF16) != 0;
  }

  long engine() {
    return engine;
  }

  long stream() {
    return stream;
  }

  private static String instructionSet(int isa) {
    return switch (isa) {
      case 0x1 -> "SSE4.1";
      case 0x3 -> "AVX";
      case 0x7 -> "AVX2";
      case 0xf -> "AVX2 with VNNI";
      case 0x1f -> "AVX2 with VNNI 2";
      case 0x27 -> "AVX-512";
      case 0x67 -> "AVX-512 with VNNI";
      case 0xe7 -> "AVX-512 with bfloat16";
      case 0x1ef -> "AVX-512 with float16";
      default ->
          (isa & 0xe00) == 0xe00 ? "AVX-512 with AMX" : "instruction set 0x%x".formatted(isa);
    };
  }

  @SuppressWarnings("restricted")
  private static MemorySegment view(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }
}
