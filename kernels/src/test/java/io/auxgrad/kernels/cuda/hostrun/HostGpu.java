package io.auxgrad.kernels.cuda.hostrun;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.auxgrad.kernels.cuda.launch.Faults;
import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.RecordableMemory;
import io.auxgrad.tensor.Replay;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;

/** The host in the place of a GPU. */
public final class HostGpu implements Gpu {
  /** In which order blocks, and the threads of a block, get their turn. */
  public enum Order {
    /** From the first to the last. */
    FORWARD(0),
    /** From the last to the first. */
    BACKWARD(1),
    /** In one that looks like chance, and is the same each time. */
    SHUFFLED(7);

    private final int number;

    Order(int number) {
      this.number = number;
    }
  }

  private static final FunctionDescriptor LAUNCH =
      FunctionDescriptor.of(
          ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);

  private static final FunctionDescriptor SHARED =
      FunctionDescriptor.ofVoid(ADDRESS, ValueLayout.JAVA_LONG);

  private final Order order;
  private final Arena arena = Arena.ofShared();
  private final RecordableMemory memory;
  private final Faults faults;
  private final HostModules modules;
  private final Map<String, SymbolLookup> libraries = new HashMap<>();
  private final Map<String, Map<String, Kernel>> kernels = new HashMap<>();

  private HostGpu(Device device, Order order, HostModules modules, boolean fenced) {
    this.order = order;
    this.modules = modules;
    MemorySegment fault = arena.allocate(Faults.BYTES, 16);
    faults = new Faults(fault.address(), fault);
    memory =
        new RecordableMemory(
            new HostMemory(device, this::synchronize, fenced ? fence() : Fence.NONE),
            () -> new KeptMemory(new HostMemory(device, this::synchronize, Fence.NONE)));
  }

  /** A GPU with the module's kernels. */
  public HostGpu(Order order) {
    this(order, 0);
  }

  /** The same as the GPU number {@code index}. */
  public HostGpu(Order order, int index) {
    this(Device.cuda(index), order, HostModules.PLAIN, false);
  }

  /** The same under the address and undefined-behaviour sanitizers, for a {@link SanitizedRun}. */
  public static HostGpu sanitized(Order order) {
    return new HostGpu(Device.cuda(0), order, HostModules.SANITIZED, true);
  }

  /** A GPU with the kernels that are there for tests of itself. */
  static HostGpu ofTestKernels(Order order) {
    return new HostGpu(Device.cuda(0), order, HostModules.PLANTED, false);
  }

  static HostGpu sanitizedOfTestKernels() {
    return new HostGpu(Device.cuda(0), Order.FORWARD, HostModules.PLANTED_SANITIZED, true);
  }

  /** Whether this machine has what it takes. */
  public static boolean available() {
    return Gxx.available();
  }

  @Override
  public DeviceMemory memory() {
    return memory;
  }

  @Override
  public Replay record(Runnable body) {
    return memory.record(body);
  }

  @Override
  public Kernel kernel(String file, String name) {
    return kernels
        .computeIfAbsent(file, _ -> new HashMap<>())
        .computeIfAbsent(name, _ -> new HostKernel(name, library(file)));
  }

  private SymbolLookup library(String file) {
    return libraries.computeIfAbsent(file, f -> load(modules.library(f)));
  }

  /** What the address sanitizer offers, through one of the libraries that were compiled with it. */
  private Fence fence() {
    SymbolLookup library = library("common.cuh");
    return new Fence(
        function(library, "auxgrad_host_forbid"), function(library, "auxgrad_host_allow"));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(SymbolLookup library, String name) {
    return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(), SHARED);
  }

  /** Loads a library and tells it where its shared memory is. */
  @SuppressWarnings("restricted")
  private SymbolLookup load(HostCompiler.Library library) {
    SymbolLookup symbols = SymbolLookup.libraryLookup(library.path(), arena);
    MemorySegment anchor = symbols.find(HostCompiler.ANCHOR).orElseThrow();
    MethodHandle announce = function(symbols, HostCompiler.ANCHOR);
    for (HostCompiler.Shared variable : library.shared()) {
      long at = anchor.address() - library.anchor() + variable.offset();
      try {
        announce.invokeExact(MemorySegment.ofAddress(at), variable.bytes());
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
    return symbols;
  }

  @Override
  public int multiprocessors() {
    return 2;
  }

  @Override
  public boolean multipliesBfloat16() {
    return true;
  }

  @Override
  public Faults faults() {
    return faults;
  }

  @Override
  public void synchronize() {
    faults.check();
  }

  @Override
  public String describe() {
    return "the host in the place of a GPU";
  }

  @Override
  public void close() {
    arena.close();
  }

  private final class HostKernel extends Kernel {
    private final MethodHandle entry;

    @SuppressWarnings("restricted")
    HostKernel(String name, SymbolLookup library) {
      super(name, arena);
      MemorySegment symbol =
          library
              .find("host_" + name)
              .orElseThrow(() -> new IllegalArgumentException("there is no kernel " + name));
      entry = Linker.nativeLinker().downcallHandle(symbol, LAUNCH);
    }

    @Override
    @SuppressWarnings("restricted")
    protected void run(
        int gridX, int gridY, int gridZ, int threads, MemorySegment arguments, int count) {
      MemorySegment complaint;
      try {
        complaint =
            (MemorySegment)
                entry.invokeExact(gridX, gridY, gridZ, threads, arguments, count, order.number);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
      if (complaint.address() != 0) {
        throw new AssertionError(
            "kernel %s: %s".formatted(name(), complaint.reinterpret(256).getString(0)));
      }
    }
  }
}
