package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.cache.DiskCache;
import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.TemporaryFailureException;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import io.auxgrad.kernels.cuda.libraries.Version;
import io.auxgrad.tensor.DType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Convolutions by cuDNN's graph API, which has kernels that its functions for convolutions do not
 * have, and adds and activates anything in the same pass. cuDNN is asked for plans when the first
 * of a problem is run; they are kept on disk, for some are compiled for the problem.
 */
final class GraphConvolutions implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(GraphConvolutions.class.getName());

  /** The first cuDNN that has all that is asked of it here. */
  private static final Version OLDEST = new Version("9.0");

  /** How many plans are tried; what its heuristics name later is hardly ever faster. */
  private static final int PLAIN = 8;

  /** Fewer where each takes a second to compile. */
  private static final int FUSED = 2;

  private final CudnnStream stream;
  private final GraphDevice device;
  private final GraphHeuristics heuristics;
  private final DiskCache cache;
  private final Function<String, List<String>> circumstances;
  private final Deque<GraphPlan> loaded = new ArrayDeque<>();

  /** With plans in {@code cache}, which depend on a problem and its {@code circumstances}. */
  GraphConvolutions(
      CudnnStream stream,
      Options options,
      DiskCache cache,
      Function<String, List<String>> circumstances) {
    this.stream = stream;
    this.cache = cache;
    this.circumstances = circumstances;
    device = GraphDevice.of(stream.handle());
    heuristics = new GraphHeuristics(stream.cudnn(), device, options);
  }

  /** The functions of the library that this calls. */
  static Stream<String> functions() {
    return Stream.concat(GraphDescriptor.functions(), GraphPlan.functions());
  }

  /** As {@link Primitives#algorithms}; what cuDNN does not have it says when it is run. */
  List<Primitives.Algorithm> algorithms(ConvolutionProblem problem) {
    Plans plans = new Plans(problem, Ending.NONE, PLAIN);
    return indices(PLAIN).<Primitives.Algorithm>mapToObj(i -> new Plain(plans, i)).toList();
  }

  /** As {@link Primitives#fused}; what cuDNN does not have it says when it is run. */
  List<Primitives.Fused> fused(ConvolutionProblem problem, Ending ending) {
    Plans plans = new Plans(problem, ending, FUSED);
    return indices(FUSED).<Primitives.Fused>mapToObj(i -> new Fused(plans, i)).toList();
  }

  /** The one behind the last says what has failed, if anything. */
  private IntStream indices(int most) {
    boolean serves = stream.cudnn().version().compareTo(OLDEST) >= 0;
    return IntStream.range(0, serves ? most + 1 : 0);
  }

  @Override
  public void close() {
    loaded.forEach(GraphPlan::close);
  }

  /** Those of one graph. */
  private final class Plans {
    private final ConvolutionProblem problem;
    private final Ending ending;
    private final int most;
    private final Map<Integer, GraphPlan> made = new TreeMap<>();
    private GraphHeuristics.Plans plans;

    Plans(ConvolutionProblem problem, Ending ending, int most) {
      this.problem = problem;
      this.ending = ending;
      this.most = most;
    }

    void run(int index, long[] ids, long[] addresses) {
      stream.queue().enter();
      made.computeIfAbsent(index, this::load).run(stream, index, ids, addresses);
    }

    private GraphPlan load(int index) {
      if (plans == null) {
        plans = plans();
      }
      if (index == most && !plans.failures().isEmpty()) {
        throw new TemporaryFailureException(
            "plans are left out: " + plans.failures().getFirst().getMessage());
      }
      if (index >= plans.texts().size()) {
        throw new UnsupportedByLibraryException(
            "cuDNN has %d plans for %s, %s".formatted(plans.texts().size(), problem, ending));
      }
      GraphPlan plan = read(index);
      loaded.push(plan);
      return plan;
    }

    private GraphPlan read(int index) {
      try {
        return GraphPlan.of(stream.cudnn(), device, plans.texts().get(index));
      } catch (CudaException e) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "cuDNN refuses a plan that was kept and makes it anew, for {0}; to stop this, empty the"
                + " folder \"graphs\" of the cache: {1}",
            problem,
            e.getMessage());
        plans = heuristics.plans(problem, ending, most);
        if (index >= plans.texts().size()) {
          throw e;
        }
        return GraphPlan.of(stream.cudnn(), device, plans.texts().get(index));
      }
    }

    private GraphHeuristics.Plans plans() {
      String key = DiskCache.key(circumstances.apply("%s, %s".formatted(problem, ending)));
      Optional<byte[]> kept = cache.find(key);
      if (kept.isPresent()) {
        return new GraphHeuristics.Plans(Texts.split(kept.get()), List.of());
      }
      GraphHeuristics.Plans made = heuristics.plans(problem, ending, most);
      if (made.failures().isEmpty()) {
        cache.keep(key, Texts.join(made.texts()));
      }
      return made;
    }
  }

  private record Plain(Plans plans, int index) implements Primitives.Algorithm {
    @Override
    public String name() {
      return "graph-" + index;
    }

    @Override
    public void run(long first, long second, long result) {
      long[] ids =
          switch (plans.problem.direction()) {
            case FORWARD -> new long[] {ConvolutionGraph.X, ConvolutionGraph.W, ConvolutionGraph.Y};
            case GRAD_INPUT ->
                new long[] {ConvolutionGraph.W, ConvolutionGraph.Y, ConvolutionGraph.X};
            case GRAD_WEIGHT ->
                new long[] {ConvolutionGraph.X, ConvolutionGraph.Y, ConvolutionGraph.W};
          };
      plans.run(index, ids, new long[] {first, second, result});
    }
  }

  private record Fused(Plans plans, int index) implements Primitives.Fused {
    @Override
    public String name() {
      return "fused-graph-" + index;
    }

    @Override
    public DType biasType() {
      return DType.FLOAT32;
    }

    @Override
    public boolean needsBias() {
      return false;
    }

    @Override
    public void run(long x, long w, long bias, long residual, long y) {
      long[] ids = {
        ConvolutionGraph.X,
        ConvolutionGraph.W,
        ConvolutionGraph.Y,
        ConvolutionGraph.BIAS,
        ConvolutionGraph.RESIDUAL
      };
      long[] addresses = {x, w, y, bias, residual};
      int[] used = IntStream.range(0, ids.length).filter(i -> addresses[i] != 0).toArray();
      plans.run(
          index,
          IntStream.of(used).mapToLong(i -> ids[i]).toArray(),
          IntStream.of(used).mapToLong(i -> addresses[i]).toArray());
    }
  }
}
