package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.TemporaryFailureException;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import io.auxgrad.tensor.OutOfDeviceMemory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tries the ways to do a convolution. One that fails is left out; but our own kernels must not
 * fail. What is decided without one that may work another time, for it found no memory for its
 * workspace or copies for example, does not last. All else does, so that runs give the same bytes.
 */
final class ConvolutionSearch {
  private static final System.Logger LOGGER = System.getLogger(ConvolutionSearch.class.getName());
  private static final int ROUNDS = 4;

  /**
   * A way that takes so many times as long as another is not tried again: more than the clock of a
   * GPU can be to blame for.
   */
  private static final double HOPELESS = 8;

  private final Primitives primitives;
  private final OwnConvolution own;
  private final ConvolutionPass pass;
  private boolean lasting = true;

  ConvolutionSearch(Primitives primitives, OwnConvolution own, ConvolutionPass pass) {
    this.primitives = primitives;
    this.own = own;
    this.pass = pass;
  }

  /** The fastest of {@code ways}; where nothing may be measured, the first that works. */
  Primitives.Decision among(List<ConvolutionWay> ways) {
    Map<ConvolutionWay, Double> seconds = new LinkedHashMap<>();
    for (ConvolutionWay way : ways) {
      // The first run loads kernels, which can take a thousand times as long.
      if (works(way, () -> way.run(pass))) {
        if (!primitives.searches()) {
          return new Primitives.Decision(way.name(), lasting);
        }
        seconds.put(way, Double.POSITIVE_INFINITY);
      }
    }
    return new Primitives.Decision(fastest(seconds).name(), lasting);
  }

  private boolean works(ConvolutionWay way, Runnable work) {
    try {
      work.run();
      return true;
    } catch (UnsupportedByLibraryException e) {
      return false;
    } catch (CudaException | OutOfDeviceMemory e) {
      if (way == own) {
        throw e;
      }
      leaveOut(way, e);
      return false;
    }
  }

  private void leaveOut(ConvolutionWay way, Throwable reason) {
    lasting &=
        !(reason instanceof TemporaryFailureException || reason instanceof OutOfDeviceMemory);
    LOGGER.log(
        System.Logger.Level.WARNING,
        "%s is not taken, since it fails for %s: %s"
            .formatted(way.name(), pass.key(), reason.getMessage()));
  }

  // In turns, for the clock of a GPU rises when it has something to do.
  private ConvolutionWay fastest(Map<ConvolutionWay, Double> seconds) {
    for (int round = 0; round < ROUNDS; round++) {
      for (ConvolutionWay way : List.copyOf(seconds.keySet())) {
        if (!works(way, () -> seconds.merge(way, seconds(way), Math::min))) {
          seconds.remove(way);
        }
      }
      double best = seconds.values().stream().min(Double::compare).orElse(0.0);
      seconds.values().removeIf(s -> s > HOPELESS * best);
    }
    return seconds.entrySet().stream()
        .min(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(own);
  }

  private double seconds(ConvolutionWay way) {
    return primitives.seconds(() -> way.run(pass));
  }
}
