package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.Cudnn;
import io.auxgrad.kernels.cuda.libraries.TemporaryFailureException;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.MathMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import jcuda.jcudnn.cudnnBackendAttributeName;
import jcuda.jcudnn.cudnnBackendAttributeType;
import jcuda.jcudnn.cudnnBackendBehaviorNote;
import jcuda.jcudnn.cudnnBackendDescriptorType;
import jcuda.jcudnn.cudnnBackendHeurMode;
import jcuda.jcudnn.cudnnBackendNumericalNote;

/**
 * The plans that cuDNN thinks the fastest for a graph. Of all that it names those are taken that
 * multiply and add up as the definition does: what it notes of an engine's numbers says so.
 *
 * @param options what the user allows
 */
record GraphHeuristics(Cudnn cudnn, GraphDevice device, Options options) {
  private static final System.Logger LOGGER = System.getLogger(GraphHeuristics.class.getName());

  /**
   * Of each way to ask: more than any names. Not fewer, for where float32 is wanted as itself, what
   * is allowed comes behind dozens that are for tensor cores; what is not allowed costs next to
   * nothing.
   */
  private static final int MOST_CONFIGURATIONS = 256;

  private static final int MOST_NOTES = 32;

  // What JCuda's constants lack.
  private static final int DECISION_TREE = 3; // CUDNN_HEUR_MODE_A
  private static final int FALLBACK = 2; // CUDNN_HEUR_MODE_FALLBACK
  private static final int STRICT_NAN = 9; // CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP

  /**
   * Plans of a graph.
   *
   * @param texts different ones, the best first; none if cuDNN has none
   * @param failures that left plans out which may be there another time
   */
  record Plans(List<byte[]> texts, List<TemporaryFailureException> failures) {}

  /** At most {@code most} plans. */
  Plans plans(ConvolutionProblem problem, Ending ending, int most) {
    Set<ByteBuffer> texts = new LinkedHashSet<>();
    List<TemporaryFailureException> failures = new ArrayList<>();
    try (GraphScope scope = new GraphScope(cudnn)) {
      GraphDescriptor graph = ConvolutionGraph.of(scope, device, problem, ending);
      Consumer<GraphDescriptor> add =
          c -> {
            if (texts.size() < most && isAllowed(scope, c, problem, ending)) {
              text(c, failures).map(ByteBuffer::wrap).ifPresent(texts::add);
            }
          };
      fastest(scope, graph, failures).forEach(add);
      if (texts.isEmpty()) {
        // Float32 without tensor cores, for example, may not be among what is thought the fastest.
        ask(scope, graph, FALLBACK, failures).forEach(add);
      }
    } catch (UnsupportedByLibraryException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "cuDNN has no graph for {0}: {1}", problem, e);
    } catch (TemporaryFailureException e) {
      failures.add(e);
    } catch (CudaException e) {
      warn(e);
    }
    return new Plans(texts.stream().map(ByteBuffer::array).toList(), failures);
  }

  // What a decision tree and a network answer, who agree in part, in turns.
  private List<GraphDescriptor> fastest(
      GraphScope scope, GraphDescriptor graph, List<TemporaryFailureException> failures) {
    List<GraphDescriptor> tree = ask(scope, graph, DECISION_TREE, failures);
    List<GraphDescriptor> network =
        ask(scope, graph, cudnnBackendHeurMode.CUDNN_HEUR_MODE_B, failures);
    List<GraphDescriptor> all = new ArrayList<>();
    for (int i = 0; i < Math.max(tree.size(), network.size()); i++) {
      tree.stream().skip(i).findFirst().ifPresent(all::add);
      network.stream().skip(i).findFirst().ifPresent(all::add);
    }
    return all;
  }

  /** What a heuristic answers; nothing where it does not know such graphs. */
  private List<GraphDescriptor> ask(
      GraphScope scope, GraphDescriptor graph, int mode, List<TemporaryFailureException> failures) {
    try {
      return answers(scope, graph, mode);
    } catch (UnsupportedByLibraryException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "a heuristic of cuDNN has no answer: {0}", e);
    } catch (TemporaryFailureException e) {
      failures.add(e);
    } catch (CudaException e) {
      warn(e);
    }
    return List.of();
  }

  private List<GraphDescriptor> answers(GraphScope scope, GraphDescriptor graph, int mode) {
    GraphDescriptor question =
        device
            .tell(scope.create(cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR))
            .setDescriptors(cudnnBackendAttributeName.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
            .setChoice(
                cudnnBackendAttributeName.CUDNN_ATTR_ENGINEHEUR_MODE,
                cudnnBackendAttributeType.CUDNN_TYPE_HEUR_MODE,
                mode)
            .finish();
    int answers = question.count(cudnnBackendAttributeName.CUDNN_ATTR_ENGINEHEUR_RESULTS);
    List<GraphDescriptor> configurations =
        scope.create(
            cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
            Math.min(answers, MOST_CONFIGURATIONS));
    return configurations.isEmpty()
        ? configurations
        : question.get(cudnnBackendAttributeName.CUDNN_ATTR_ENGINEHEUR_RESULTS, configurations);
  }

  private boolean isAllowed(
      GraphScope scope, GraphDescriptor configuration, ConvolutionProblem problem, Ending ending) {
    List<GraphDescriptor> engine =
        scope.create(cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1);
    configuration.get(cudnnBackendAttributeName.CUDNN_ATTR_ENGINECFG_ENGINE, engine);
    int[] numbers =
        engine
            .getFirst()
            .getChoices(
                cudnnBackendAttributeName.CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                cudnnBackendAttributeType.CUDNN_TYPE_NUMERICAL_NOTE,
                MOST_NOTES);
    return Arrays.stream(numbers).allMatch(note -> isAllowed(note, problem))
        && (ending.steps() > 0 || !compiles(engine.getFirst()));
  }

  /** Which takes a second, and is no gain where there are kernels already. */
  private static boolean compiles(GraphDescriptor engine) {
    int[] notes =
        engine.getChoices(
            cudnnBackendAttributeName.CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE,
            cudnnBackendAttributeType.CUDNN_TYPE_BEHAVIOR_NOTE,
            MOST_NOTES);
    return Arrays.stream(notes)
        .anyMatch(n -> n == cudnnBackendBehaviorNote.CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION);
  }

  /** Tensor cores multiply float32 as TF32. */
  private boolean isAllowed(int note, ConvolutionProblem problem) {
    return switch (note) {
      case cudnnBackendNumericalNote.CUDNN_NUMERICAL_NOTE_TENSOR_CORE ->
          problem.type() == DType.BFLOAT16 || problem.spec().math() == MathMode.TF32;
      case cudnnBackendNumericalNote.CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC ->
          !options.deterministic();
      case STRICT_NAN -> true;
      default -> false;
    };
  }

  private Optional<byte[]> text(
      GraphDescriptor configuration, List<TemporaryFailureException> failures) {
    try (GraphPlan plan = GraphPlan.of(cudnn, device, configuration)) {
      return plan.workspaceBytes() <= options.workspaceBytes()
          ? Optional.of(plan.text())
          : Optional.empty();
    } catch (UnsupportedByLibraryException e) {
      // Heuristics name what turns out to be impossible too.
      LOGGER.log(System.Logger.Level.DEBUG, "a plan of cuDNN is left out: {0}", e.getMessage());
    } catch (TemporaryFailureException e) {
      failures.add(e);
    } catch (CudaException e) {
      warn(e);
    }
    return Optional.empty();
  }

  /** Of a mistake of cuDNN, which it will make again. */
  private static void warn(CudaException mistake) {
    LOGGER.log(
        System.Logger.Level.WARNING, "plans of cuDNN are left out: {0}", mistake.getMessage());
  }
}
