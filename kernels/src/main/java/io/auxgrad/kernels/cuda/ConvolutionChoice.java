package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which way is taken for a convolution: the fastest, as measured when one of its shapes and types
 * is first met by any process of this user, and the same ever after. Where nothing may be measured
 * or kept, the first that works.
 */
final class ConvolutionChoice {
  private static final System.Logger LOGGER = System.getLogger(ConvolutionChoice.class.getName());
  private static final int ROUNDS = 4;

  /**
   * A way that takes so many times as long as another is not tried again: more than the clock of a
   * GPU can be to blame for.
   */
  private static final double HOPELESS = 8;

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
    Map<ConvolutionWay, Double> seconds = new LinkedHashMap<>();
    for (ConvolutionWay way : ways) {
      if (works(way, pass)) {
        if (!primitives.searches()) {
          return way;
        }
        seconds.put(way, Double.POSITIVE_INFINITY);
      }
    }
    return fastest(seconds, pass);
  }

  /** Runs it, for the first run loads kernels, which can take a thousand times as long. */
  private boolean works(ConvolutionWay way, ConvolutionPass pass) {
    try {
      way.run(pass);
      return true;
    } catch (UnsupportedByLibraryException e) {
      return false;
    } catch (CudaException e) {
      if (way == own) {
        throw e;
      }
      LOGGER.log(
          System.Logger.Level.WARNING,
          "%s is not taken, since it fails for %s: %s"
              .formatted(way.name(), pass.key(), e.getMessage()));
      return false;
    }
  }

  // In turns, for the clock of a GPU rises when it has something to do.
  private ConvolutionWay fastest(Map<ConvolutionWay, Double> seconds, ConvolutionPass pass) {
    for (int round = 0; round < ROUNDS; round++) {
      seconds.replaceAll(
          (way, before) -> Math.min(before, primitives.seconds(() -> way.run(pass))));
      double best = Collections.min(seconds.values());
      seconds.values().removeIf(s -> s > HOPELESS * best);
    }
    return Collections.min(seconds.entrySet(), Map.Entry.comparingByValue()).getKey();
  }
}
