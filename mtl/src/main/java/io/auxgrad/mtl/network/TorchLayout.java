package io.auxgrad.mtl.network;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backends;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@link MultiTaskNetwork}'s state as PyTorch users know it: convolution weights {@code
 * [out,in/groups,KH,KW]} instead of {@code [out,KH,KW,in/groups]}, and the parameter names of the
 * published light-weight RefineNet models and of torchvision's DeepLabv3, for example
 *
 * <pre>
 * encoder.layer1.conv.weight                -> layer1.0.weight
 * encoder.layer3.0.depthwise.bn.running_var -> layer3.0.output.1.1.running_var
 * decoder.crp4.conv2.weight                 -> crp4.0.2_outvar_dimred.weight
 * heads.segmentation.pre.weight             -> pre_segm.weight
 * heads.segmentation.out.bias               -> segm.bias
 *
 * encoder.layer1.0.conv2.bn.weight          -> backbone.layer1.0.bn2.weight
 * decoder.branch3.conv.weight               -> classifier.0.convs.3.0.weight
 * heads.segmentation.prediction.bias        -> classifier.4.bias
 * heads.depth.prediction.bias               -> heads.depth.3.bias
 * </pre>
 *
 * <p>A DeepLabv3 for segmentation alone has exactly torchvision's names; the heads of other tasks,
 * and the auxiliary module, which those models do not have, are added beside them.
 */
public final class TorchLayout {
  private record Rule(Pattern pattern, String replacement) {
    Rule(String pattern, String replacement) {
      this(Pattern.compile(pattern), replacement);
    }
  }

  /** Names of a ResNet and of DeepLabv3; one rule makes the whole name. */
  private static final List<Rule> TORCHVISION =
      List.of(
          new Rule("^encoder\\.(.*)conv(\\d)\\.conv\\.", "backbone.$1conv$2."),
          new Rule("^encoder\\.(.*)conv(\\d)\\.bn\\.", "backbone.$1bn$2."),
          new Rule("^encoder\\.(.*)downsample\\.conv\\.", "backbone.$1downsample.0."),
          new Rule("^encoder\\.(.*)downsample\\.bn\\.", "backbone.$1downsample.1."),
          new Rule("^decoder\\.branch(\\d)\\.conv\\.", "classifier.0.convs.$1.0."),
          new Rule("^decoder\\.branch(\\d)\\.bn\\.", "classifier.0.convs.$1.1."),
          new Rule("^decoder\\.image\\.conv\\.", "classifier.0.convs.4.1."),
          new Rule("^decoder\\.image\\.bn\\.", "classifier.0.convs.4.2."),
          new Rule("^decoder\\.project\\.conv\\.", "classifier.0.project.0."),
          new Rule("^decoder\\.project\\.bn\\.", "classifier.0.project.1."),
          new Rule("^heads\\.segmentation\\.hidden\\.conv\\.", "classifier.1."),
          new Rule("^heads\\.segmentation\\.hidden\\.bn\\.", "classifier.2."),
          new Rule("^heads\\.segmentation\\.prediction\\.", "classifier.4."),
          new Rule("^heads\\.(\\w+)\\.hidden\\.conv\\.", "heads.$1.0."),
          new Rule("^heads\\.(\\w+)\\.hidden\\.bn\\.", "heads.$1.1."),
          new Rule("^heads\\.(\\w+)\\.prediction\\.", "heads.$1.3."));

  /** Names of MobileNetV2 and the light-weight RefineNet, rewritten by one rule after the other. */
  private static final List<Rule> REFINENET =
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
    for (Rule rule : TORCHVISION) {
      Matcher matcher = rule.pattern.matcher(name);
      if (matcher.find()) {
        return matcher.replaceFirst(rule.replacement);
      }
    }
    String result = name;
    for (Rule rule : REFINENET) {
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
