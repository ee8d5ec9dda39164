package io.auxgrad.mtl.network;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backends;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * A {@link MultiTaskNetwork}'s state as PyTorch users know it: convolution weights {@code
 * [out,in/groups,KH,KW]} instead of {@code [out,KH,KW,in/groups]}, and the parameter names of the
 * published light-weight RefineNet models, for example
 *
 * <pre>
 * encoder.layer1.conv.weight                -> layer1.0.weight
 * encoder.layer3.0.depthwise.bn.running_var -> layer3.0.output.1.1.running_var
 * decoder.crp4.conv2.weight                 -> crp4.0.2_outvar_dimred.weight
 * heads.segmentation.pre.weight             -> pre_segm.weight
 * heads.segmentation.out.bias               -> segm.bias
 * </pre>
 *
 * <p>The auxiliary module, which those models do not have, keeps its names.
 */
public final class TorchLayout {
  private record Rule(Pattern pattern, String replacement) {
    Rule(String pattern, String replacement) {
      this(Pattern.compile(pattern), replacement);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule("^(encoder\\..*)\\.conv\\.", "$1.0."),
          new Rule("^(encoder\\..*)\\.bn\\.", "$1.1."),
          new Rule("^(encoder\\..*)\\.expand\\.", "$1.output.0."),
          new Rule("^(encoder\\..*)\\.depthwise\\.", "$1.output.1."),
          new Rule("^(encoder\\..*)\\.project\\.", "$1.output.2."),
          new Rule("^decoder\\.(crp\\d)\\.conv(\\d)\\.", "$1.0.$2_outvar_dimred."),
          new Rule("^(encoder|decoder)\\.", ""),
          new Rule("^heads\\.segmentation\\.", "heads.segm."),
          new Rule("^heads\\.normals\\.", "heads.normal."),
          new Rule("^heads\\.(\\w+)\\.pre\\.", "pre_$1."),
          new Rule("^heads\\.(\\w+)\\.out\\.", "$1."));

  private TorchLayout() {}

  /** The PyTorch name of the parameter or buffer {@code name}. */
  public static String name(String name) {
    String result = name;
    for (Rule rule : RULES) {
      result = rule.pattern.matcher(result).replaceFirst(rule.replacement);
    }
    return result;
  }

  /**
   * The state of {@code network} by PyTorch name, in the order of the network; copies that belong
   * to the current scope.
   */
  public static SequencedMap<String, Tensor> export(MultiTaskNetwork network) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    network.state().forEach((name, tensor) -> tensors.put(name(name), toTorch(tensor)));
    return tensors;
  }

  /**
   * Fills the state of {@code network} from tensors by PyTorch name; others are left unread.
   *
   * @throws TensorException if one is missing or has another shape; the network is then unchanged
   */
  public static void load(MultiTaskNetwork network, Map<String, Tensor> tensors) {
    Map<Tensor, Tensor> copies = new LinkedHashMap<>();
    network
        .state()
        .forEach((name, target) -> {
          Tensor source = tensors.get(name(name));
          if (source == null) {
            throw new TensorException("torch weights: there is no " + name(name));
          }
          Tensor converted = fromTorch(source);
          if (!converted.shape().equals(target.shape())) {
            throw new TensorException(
                "torch weights: %s is %s, the network needs %s as %s"
                    .formatted(name(name), source.shape(), name, target.shape()));
          }
          copies.put(target, converted);
        });
    copies.forEach((target, source) -> Backends.of(target).pointwise().copy(source, target));
  }

  /**
   * A copy of {@code tensor}; weights of rank 4 from {@code [O,KH,KW,I]} to {@code [O,I,KH,KW]}.
   */
  public static Tensor toTorch(Tensor tensor) {
    return reorder(tensor, 0, 3, 1, 2);
  }

  /**
   * A copy of {@code tensor}; weights of rank 4 from {@code [O,I,KH,KW]} to {@code [O,KH,KW,I]}.
   */
  public static Tensor fromTorch(Tensor tensor) {
    return reorder(tensor, 0, 2, 3, 1);
  }

  private static Tensor reorder(Tensor tensor, int... order) {
    int[] axes = tensor.shape().rank() == 4 ? order : identity(tensor.shape().rank());
    return Backends.of(tensor).indexing().permute(tensor, axes);
  }

  private static int[] identity(int rank) {
    return java.util.stream.IntStream.range(0, rank).toArray();
  }
}
