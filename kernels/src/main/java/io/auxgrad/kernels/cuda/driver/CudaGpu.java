package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.launch.Capture;
import io.auxgrad.kernels.cuda.launch.Faults;
import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import io.auxgrad.kernels.cuda.libraries.Version;
import io.auxgrad.kernels.cuda.vendor.Queue;
import io.auxgrad.kernels.cuda.vendor.VendorPrimitives;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.RecordableMemory;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.ops.Stopwatch;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An NVIDIA GPU. All copies, launches and graphs take effect in one stream, in the order in which
 * they were asked for. One thread at a time; any thread.
 *
 * <p>System properties: with {@code auxgrad.cuda.debug=true} every launch waits for its end, so
 * that the exception for a kernel that failed names it; with {@code auxgrad.debug.guards=true}
 * buffers come filled with NaNs and have a guard zone, which is looked at when they are given back.
 */
public final class CudaGpu implements Gpu {
  static final String DEBUG = "auxgrad.cuda.debug";

  private static final String GUARDS = "auxgrad.debug.guards";
  private static final int FIRST_WITH_BFLOAT16 = 8;
  private static final int FIRST_WITH_TF32 = 8;

  /** Those of an H100; a smaller GPU takes the blocks by turns. */
  private static final int MULTIPROCESSORS = 132;

  private static final long COPY_BYTES = 256L << 20;
  private static final long FEWEST_COPY_BYTES = 1L << 20;

  private final Device device;
  private final DeviceInfo info;
  private final Toolchain toolchain;
  private final boolean guarded = Boolean.getBoolean(GUARDS);
  private final boolean debugged = Boolean.getBoolean(DEBUG);
  private final Resources open = new Resources();
  private final Context context;
  private final Stream stream;
  private final Stream aside;
  private final Faults faults;
  private final Staging staging;
  private final MemoryPool pool;
  private final CudaMemory plain;
  private final RecordableMemory relaunched;
  private final Modules modules;
  private final Function<Queue, Optional<VendorPrimitives>> vendor;
  private Optional<VendorPrimitives> primitivesOrNull;
  private Capture capture;

  /**
   * The GPU number {@code index}, with a first kernel run on it.
   *
   * @throws CudaException if a library is missing or cannot be used, if there is no such GPU, or if
   *     it does not work; the message says what to do
   */
  public static CudaGpu open(CudaLibraries libraries, int index) {
    Driver driver = Driver.load(libraries);
    DeviceInfo info = choose(DeviceInfo.list(), index);
    Nvrtc nvrtc = Nvrtc.load(libraries);
    CubinCache cache = CubinCache.of(Surroundings.ofProcess());
    return new CudaGpu(
        driver,
        info,
        new Version(nvrtc.version()),
        new KernelCompiler(nvrtc, cache, info.architecture()),
        vendor(libraries, info));
  }

  /** NVIDIA's primitives, to be loaded on a GPU's queue. */
  static Function<Queue, Optional<VendorPrimitives>> vendor(
      CudaLibraries libraries, DeviceInfo info) {
    String gpu = "%s, %s".formatted(info.name(), info.architecture());
    return queue -> VendorPrimitives.open(libraries, Surroundings.ofProcess(), gpu, queue);
  }

  /** The GPU number {@code index} of {@code devices}. */
  static DeviceInfo choose(List<DeviceInfo> devices, int index) {
    if (index >= 0 && index < devices.size()) {
      return devices.get(index);
    }
    throw new CudaException(
        "there is no device cuda:%d, only%n%s"
            .formatted(
                index, devices.stream().map(d -> "  " + d).collect(Collectors.joining("\n"))));
  }

  /**
   * On device {@code info}.
   *
   * @param nvrtc the CUDA of what made {@code cubins}
   * @param vendor loads NVIDIA's primitives, when they are first asked for
   */
  CudaGpu(
      Driver driver,
      DeviceInfo info,
      Version nvrtc,
      Cubins cubins,
      Function<Queue, Optional<VendorPrimitives>> vendor) {
    this.info = info;
    this.vendor = vendor;
    toolchain = new Toolchain(nvrtc, new Version(info.driverVersion()));
    device = Device.cuda(info.index());
    try {
      context = opened(new Context(driver, new Calls(device.toString()), info.index()));
      stream = opened(new Stream(context));
      aside = opened(new Stream(context));
      PinnedMemory word = opened(new PinnedMemory(context, Faults.BYTES));
      faults = new Faults(word.deviceAddress(), word.segment());
      pool = new MemoryPool(context, info.index());
      open.add(() -> pool.close(stream));
      staging = opened(new Staging(stream, aside, pool, this::synchronize));
      Slips slips = opened(new Slips(stream));
      Readouts readouts = opened(new Readouts(stream, faults::raise));
      plain = new CudaMemory(device, pool, stream, aside, staging, slips, readouts);
      relaunched = new RecordableMemory(guard(plain), () -> guard(plain.forRecording()));
      modules = opened(new Modules(stream, cubins, info.architecture(), toolchain, debugged));
      Canary.run(this);
    } catch (RuntimeException | Error e) {
      open.closeAfter(e);
      throw e;
    }
  }

  private <R extends AutoCloseable> R opened(R resource) {
    return open.add(resource);
  }

  private DeviceMemory guard(CudaMemory plain) {
    return guarded ? new GuardedMemory(plain) : plain;
  }

  /** Whether each launch is waited for or memory is guarded. */
  boolean isObserved() {
    return guarded || debugged;
  }

  @Override
  public DeviceMemory memory() {
    return isObserved() ? relaunched : plain;
  }

  /** As a graph; where launches are looked at one by one, as launches. */
  @Override
  public Replay record(Runnable body) {
    return isObserved() ? relaunched.record(body) : GraphReplay.of(this, plain, body);
  }

  @Override
  public void announce(String file) {
    modules.announce(file);
  }

  @Override
  public Kernel kernel(String file, String name) {
    return modules.kernel(file, name);
  }

  /**
   * Captures what {@code body} asks of this GPU, without doing it. In a capture nothing can be
   * copied to the host, and the GPU cannot be waited for; what is copied from the host is the same
   * in each run. Who launches it says of the tensors that it changes that they are modified.
   */
  public Graph capture(Runnable body) {
    Capture made = new Capture();
    return Graph.capture(
        stream,
        plain,
        made,
        () -> {
          capture = made;
          try {
            faults.keepWhatIsExpected(body);
          } finally {
            capture = null;
          }
        });
  }

  @Override
  public Capture captureOrNull() {
    return capture;
  }

  /** What the driver says of it. */
  public DeviceInfo info() {
    return info;
  }

  @Override
  public int multiprocessors() {
    return MULTIPROCESSORS;
  }

  @Override
  public boolean multipliesBfloat16() {
    return info.major() >= FIRST_WITH_BFLOAT16;
  }

  @Override
  public boolean multipliesTf32() {
    return info.major() >= FIRST_WITH_TF32 && primitives().isPresent();
  }

  @Override
  public Optional<Primitives> primitives() {
    return loaded().map(p -> p);
  }

  // When they are first asked for: what works without them does not wait.
  private Optional<VendorPrimitives> loaded() {
    if (primitivesOrNull == null) {
      primitivesOrNull = vendor.apply(new GpuQueue(this));
      primitivesOrNull.ifPresent(this::opened);
    }
    return primitivesOrNull;
  }

  @Override
  public Faults faults() {
    return faults;
  }

  @Override
  public void synchronize() {
    stream.synchronize();
    context.calls().finished();
    faults.check();
  }

  @Override
  public String describe() {
    return "%s, %s, %s"
        .formatted(
            info,
            toolchain,
            loaded()
                .map(VendorPrimitives::describe)
                .orElse("convolutions and products of matrices by kernels of its own"));
  }

  /** What is kept of failures. */
  Calls calls() {
    return context.calls();
  }

  /** The one stream. */
  Stream stream() {
    return stream;
  }

  /** Of what is asked of this GPU from now on; must be closed before it. */
  public Timer timer() {
    return new Timer(stream);
  }

  @Override
  public Stopwatch stopwatch() {
    return new EventStopwatch(stream);
  }

  /** Measures how fast it copies and launches, within about a second. */
  public Speeds measure() {
    long bytes = Math.clamp(plain.capacity().free() / 4, FEWEST_COPY_BYTES, COPY_BYTES);
    return Speeds.measure(this, stream, bytes);
  }

  /** Tensors on this GPU must not be used any more. */
  @Override
  public void close() {
    open.close();
  }
}
