package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.Cudnn;
import io.auxgrad.kernels.cuda.libraries.CudnnStatus;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import io.auxgrad.tensor.Bytes;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.MathMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnMathType;
import jcuda.runtime.cudaStream_t;

/**
 * Convolutions by cuDNN. Of its algorithms those are taken whose sums are those of the definition:
 * Fourier and Winograd transforms round otherwise.
 */
final class CudnnConvolutions implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(CudnnConvolutions.class.getName());

  private static final List<String> FUNCTIONS =
      List.of(
          "cudnnCreate",
          "cudnnDestroy",
          "cudnnSetStream",
          "cudnnCreateTensorDescriptor",
          "cudnnSetTensor4dDescriptor",
          "cudnnDestroyTensorDescriptor",
          "cudnnCreateFilterDescriptor",
          "cudnnSetFilter4dDescriptor",
          "cudnnDestroyFilterDescriptor",
          "cudnnCreateConvolutionDescriptor",
          "cudnnSetConvolution2dDescriptor",
          "cudnnSetConvolutionGroupCount",
          "cudnnSetConvolutionMathType",
          "cudnnDestroyConvolutionDescriptor");

  private static final int DETERMINISTIC = 1;

  private final Queue queue;
  private final Options options;
  private final Cudnn cudnn;
  private final CudnnStream stream;
  private final Deque<CudnnDescriptors> descriptors = new ArrayDeque<>();
  private final Deque<FusedDescriptors> fusedDescriptors = new ArrayDeque<>();

  CudnnConvolutions(CudaLibraries libraries, Queue queue, Options options) {
    this.queue = queue;
    this.options = options;
    cudnn = load(libraries);
    stream = new CudnnStream(queue, cudnn, new NativeHandle());
    queue.enter();
    NativeHandle handle = stream.handle();
    cudnn.check(JCudnn.cudnnCreate(handle), "cudnnCreate");
    cudnn.check(JCudnn.cudnnSetStream(handle, new cudaStream_t(queue.stream())), "cudnnSetStream");
  }

  /** The library, with all that is called here. */
  static Cudnn load(CudaLibraries libraries) {
    Stream<String> calls = Arrays.stream(CudnnCalls.values()).flatMap(CudnnCalls::functions);
    return Cudnn.load(
        libraries,
        Stream.of(FUNCTIONS.stream(), calls, CudnnFused.functions(), GraphConvolutions.functions())
            .flatMap(f -> f)
            .toList());
  }

  String describe() {
    return "cuDNN " + cudnn.version();
  }

  /** cuDNN with its handle, which is that of the stream. */
  CudnnStream stream() {
    return stream;
  }

  /** As {@link Primitives#algorithms}. */
  List<Primitives.Algorithm> algorithms(ConvolutionProblem problem) {
    try {
      return List.copyOf(usable(problem));
    } catch (CudaException e) {
      return List.of(new Failing(e));
    }
  }

  /** As {@link Primitives#fused}; where cuDNN fails, {@link #algorithms} says so. */
  List<Primitives.Fused> fused(ConvolutionProblem problem, Ending ending) {
    try {
      return usable(problem).stream().flatMap(a -> a.fused(ending.activation()).stream()).toList();
    } catch (CudaException e) {
      return List.of();
    }
  }

  private List<Chosen> usable(ConvolutionProblem problem) {
    queue.enter();
    CudnnDescriptors described;
    try {
      described = CudnnDescriptors.of(cudnn, problem, mathOf(problem));
    } catch (UnsupportedByLibraryException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "cuDNN''s functions know no {0}: {1}", problem, e);
      return List.of();
    }
    descriptors.push(described);
    return usable(problem, described);
  }

  private List<Chosen> usable(ConvolutionProblem problem, CudnnDescriptors described) {
    CudnnCalls calls = CudnnCalls.valueOf(problem.direction().name());
    List<Chosen> usable = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    long wanted = Long.MAX_VALUE;
    for (CudnnCalls.Proposal proposal : proposals(calls, problem, described)) {
      if (isAllowed(calls, proposal) && seen.add(proposal.algorithm())) {
        long bytes = workspace(calls, described, proposal.algorithm());
        if (bytes > options.workspaceBytes()) {
          wanted = Math.min(wanted, bytes);
        } else if (bytes >= 0) {
          usable.add(new Chosen(problem, calls, described, proposal.algorithm(), bytes));
        }
      }
    }
    if (usable.isEmpty() && wanted < Long.MAX_VALUE) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "what is likely the fastest algorithm of cuDNN is not taken for {0}: it wants a workspace of {1}; {2} allows it",
          problem,
          Bytes.text(wanted),
          Options.allowing(wanted));
    }
    return usable;
  }

  private List<CudnnCalls.Proposal> proposals(
      CudnnCalls calls, ConvolutionProblem problem, CudnnDescriptors described) {
    List<CudnnCalls.Proposal> proposals = new ArrayList<>();
    int status = calls.propose(stream.handle(), described, proposals);
    switch (CudnnStatus.of(status)) {
      // It calls a bad parameter what it has in no algorithm too.
      case NOT_SUPPORTED, BAD_PARAMETER -> {
        LOGGER.log(System.Logger.Level.DEBUG, "cuDNN has nothing for {0}", problem);
        return List.of();
      }
      default -> cudnn.check(status, "asking cuDNN for algorithms for " + problem);
    }
    return proposals;
  }

  /**
   * Float32 as itself unless TF32 is asked for, which the default allows; bfloat16 by tensor cores.
   * None of them lets cuDNN convert to half precision.
   */
  private static int mathOf(ConvolutionProblem problem) {
    if (problem.type() == DType.BFLOAT16) {
      return cudnnMathType.CUDNN_TENSOR_OP_MATH;
    }
    return problem.spec().math() == MathMode.TF32
        ? cudnnMathType.CUDNN_DEFAULT_MATH
        : cudnnMathType.CUDNN_FMA_MATH;
  }

  private boolean isAllowed(CudnnCalls calls, CudnnCalls.Proposal proposal) {
    return CudnnStatus.of(proposal.status()) == CudnnStatus.SUCCESS
        && sumsPlainly(calls, proposal.algorithm())
        && (proposal.determinism() == DETERMINISTIC || !options.deterministic());
  }

  private static boolean sumsPlainly(CudnnCalls calls, int algorithm) {
    Set<Integer> plain =
        switch (calls) {
          case FORWARD -> Set.of(0, 1, 2, 3);
          case GRAD_INPUT -> Set.of(0, 1);
          case GRAD_WEIGHT -> Set.of(0, 1, 3);
        };
    return plain.contains(algorithm);
  }

  /** Bytes that an algorithm needs; -1 if it cannot do it after all. */
  private long workspace(CudnnCalls calls, CudnnDescriptors described, int algorithm) {
    long[] bytes = new long[1];
    int status = calls.workspace(stream.handle(), described, algorithm, bytes);
    return CudnnStatus.of(status) == CudnnStatus.SUCCESS ? bytes[0] : -1;
  }

  /** What cuDNN fails to name. */
  private record Failing(CudaException failure) implements Primitives.Algorithm {
    @Override
    public String name() {
      return "cudnn";
    }

    @Override
    public void run(long first, long second, long result) {
      throw failure;
    }
  }

  /** An algorithm for a problem. */
  private final class Chosen implements Primitives.Algorithm {
    private final ConvolutionProblem problem;
    private final CudnnCalls calls;
    private final CudnnDescriptors described;
    private final int algorithm;
    private final long bytes;

    Chosen(
        ConvolutionProblem problem,
        CudnnCalls calls,
        CudnnDescriptors described,
        int algorithm,
        long bytes) {
      this.problem = problem;
      this.calls = calls;
      this.described = described;
      this.algorithm = algorithm;
      this.bytes = bytes;
    }

    @Override
    public String name() {
      return "cudnn-" + algorithm;
    }

    @Override
    public void run(long first, long second, long result) {
      stream.run(
          calls.function(),
          algorithm,
          bytes,
          workspace ->
              calls.run(
                  stream.handle(),
                  described,
                  algorithm,
                  workspace,
                  bytes,
                  new Address(first),
                  new Address(second),
                  new Address(result)));
    }

    Optional<Primitives.Fused> fused(Activation activation) {
      if (!CudnnFused.has(calls, algorithm, activation)) {
        return Optional.empty();
      }
      FusedDescriptors more = FusedDescriptors.of(cudnn, problem, activation);
      fusedDescriptors.push(more);
      return Optional.of(new CudnnFused(stream, described, more, problem.type(), algorithm, bytes));
    }
  }

  @Override
  public void close() {
    queue.enter();
    descriptors.forEach(CudnnDescriptors::close);
    fusedDescriptors.forEach(FusedDescriptors::close);
    cudnn.check(JCudnn.cudnnDestroy(stream.handle()), "cudnnDestroy");
  }
}
