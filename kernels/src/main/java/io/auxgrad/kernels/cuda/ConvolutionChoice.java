package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which way is taken for a convolution: the fastest, as measured when one of its shapes and types
 * is first met by any process of this user, and the same ever after. Where nothing may be measured
 * or kept, the first that works.
 */
final class ConvolutionChoice {
  private static final System.Logger LOGGER = System.getLogger(ConvolutionChoice.class.getName());
  private static final int REPETITIONS = 3;

  /** A way that takes so many times as long as another is not tried again. */
  private static final double HOPELESS = 3;

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
    String name = primitives.decision(key.toString(), () -> search(pass, key, ways).name());
    // A file of the cache that somebody has edited may name what there is not.
    return ways.stream()
        .filter(w -> w.name().equals(name))
        .findFirst()
        .orElseGet(() -> search(pass, key, ways));
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

  private ConvolutionWay search(
      ConvolutionPass pass, ConvolutionPass.Key key, List<ConvolutionWay> ways) {
    if (primitives.isCapturing()) {
      throw new IllegalStateException(
          "it is not decided yet how to do this convolution, and nothing can be measured while the"
              + " GPU's work is captured; run once before the capture: "
              + key);
    }
    ConvolutionWay best = null;
    double bestSeconds = Double.POSITIVE_INFINITY;
    for (ConvolutionWay way : ways) {
      double seconds = seconds(way, pass, bestSeconds);
      if (seconds < bestSeconds) {
        best = way;
        bestSeconds = seconds;
      }
      if (best != null && !primitives.searches()) {
        return best;
      }
    }
    return best;
  }

  /** Of the fastest of some runs; infinitely many if the library cannot do it after all. */
  private double seconds(ConvolutionWay way, ConvolutionPass pass, double best) {
    try {
      // The first run loads kernels, which can take a thousand times as long as to run them.
      way.run(pass);
      return primitives.searches() ? fastest(() -> way.run(pass), best) : 0;
    } catch (UnsupportedByLibraryException e) {
      return Double.POSITIVE_INFINITY;
    } catch (CudaException e) {
      if (way == own) {
        throw e;
      }
      LOGGER.log(
          System.Logger.Level.WARNING,
          "%s is not taken, since it fails for %s: %s"
              .formatted(way.name(), pass.key(), e.getMessage()));
      return Double.POSITIVE_INFINITY;
    }
  }

  private double fastest(Runnable run, double best) {
    double fastest = primitives.seconds(run);
    for (int i = 0; i < REPETITIONS && fastest <= HOPELESS * best; i++) {
      fastest = Math.min(fastest, primitives.seconds(run));
    }
    return fastest;
  }
}
