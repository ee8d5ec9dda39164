package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Primitives;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which way is taken for a convolution: the fastest, as measured when one of its shapes and types
 * is first met by any process of this user, and the same ever after. Where nothing may be measured
 * or kept, the first that works.
 */
final class ConvolutionChoice {
  private final Primitives primitives;
  private final boolean bfloat16;
  private final OwnConvolution own;
  private final ProductConvolution product;
  private final Casts casts;
  private final Epilogue epilogue;
  private final Map<ConvolutionPass.Key, ConvolutionWay> chosen = new HashMap<>();

  /** With {@code bfloat16} the GPU has instructions for it, which the libraries need. */
  ConvolutionChoice(
      Primitives primitives, boolean bfloat16, OwnConvolution own, Casts casts, Epilogue epilogue) {
    this.primitives = primitives;
    this.bfloat16 = bfloat16;
    this.own = own;
    this.casts = casts;
    this.epilogue = epilogue;
    product = new ProductConvolution(primitives, casts, epilogue);
  }

  void run(ConvolutionPass pass) {
    way(pass).run(pass);
  }

  private ConvolutionWay way(ConvolutionPass pass) {
    if (pass.isEmpty() || (pass.isNarrow() && !bfloat16)) {
      return own;
    }
    ConvolutionPass.Key key = pass.key();
    ConvolutionWay known = chosen.get(key);
    if (known != null) {
      return known;
    }
    ConvolutionWay way = choose(pass, key);
    chosen.put(key, way);
    return way;
  }

  private ConvolutionWay choose(ConvolutionPass pass, ConvolutionPass.Key key) {
    List<ConvolutionWay> ways = ways(pass);
    Supplier<Primitives.Decision> search = () -> search(pass, key, ways);
    String name = primitives.decision(key.toString(), search);
    // A file of the cache that somebody has edited may name what there is not.
    return named(name, ways).or(() -> named(search.get().way(), ways)).orElseThrow();
  }

  private static Optional<ConvolutionWay> named(String name, List<ConvolutionWay> ways) {
    return ways.stream().filter(w -> w.name().equals(name)).findFirst();
  }

  /** All that there are; those that are likely the fastest first. */
  List<ConvolutionWay> ways(ConvolutionPass pass) {
    List<ConvolutionWay> ways = new ArrayList<>();
    if (DepthwiseConvolution.suits(pass.w(), pass.spec())) {
      ways.add(own);
    }
    if (ProductConvolution.suits(pass)) {
      ways.add(product);
    }
    ways.addAll(CudnnConvolution.all(primitives, pass, casts, epilogue));
    if (!ways.contains(own)) {
      ways.add(own);
    }
    return ways;
  }

  private Primitives.Decision search(
      ConvolutionPass pass, ConvolutionPass.Key key, List<ConvolutionWay> ways) {
    if (primitives.isCapturing()) {
      throw new IllegalStateException(
          "it is not decided yet how to do this convolution, and nothing can be measured while the"
              + " GPU's work is captured; run once before the capture: "
              + key);
    }
    return new ConvolutionSearch(primitives, own, pass).among(ways);
  }
}
