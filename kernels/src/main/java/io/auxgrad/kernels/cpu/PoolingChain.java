package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;
import java.util.List;

/**
 * A chain of residual pooling for one worker, channel by channel: memory is read and written once
 * for the whole chain, where ops one by one move their maps seven times a stage. {@linkplain
 * ChainBlock Blocks} that lie side by side go down the image together: what they read and write of
 * a pixel is one stretch of memory then, which a processor fetches in half of the time.
 */
final class PoolingChain {
  // Measured: in float32 two blocks side by side gain half of what four do, and more than eight
  // nothing more. Those of bfloat16 are twice as wide, and are copied row by row: more than one is
  // a loss.
  private static final int MOST_BLOCKS = 8;

  /** The second cache of a core of today's servers. */
  private static final long CACHED_BYTES = 2L << 20;

  private final ChainBlock[] blocks;
  private final int perImage;

  /** {@code scratch} has {@link #scratchBytes} bytes. */
  PoolingChain(Tensor x, Pool2dSpec window, List<Tensor> factors, Tensor y, long scratch) {
    perImage = ChainBlock.count(x);
    long bytes = ChainBlock.scratchBytes(x, window, factors.size());
    blocks = new ChainBlock[together(x, window, factors.size())];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new ChainBlock(x, window, factors, y, scratch + i * bytes);
    }
  }

  private static int together(Tensor x, Pool2dSpec window, int stages) {
    if (x.dtype() != DType.FLOAT32) {
      return 1;
    }
    long fitting = CACHED_BYTES / Math.max(1, ChainBlock.scratchBytes(x, window, stages));
    return Integer.highestOneBit(Math.clamp(fitting, 1, MOST_BLOCKS));
  }

  /** Parts that the work of {@code x} falls into: a block of channels of an image each. */
  static long parts(Tensor x) {
    return (long) x.shape().dim(0) * ChainBlock.count(x);
  }

  /** Bytes of scratch for a worker. */
  static long scratchBytes(Tensor x, Pool2dSpec window, int stages) {
    return ChainBlock.scratchBytes(x, window, stages) * together(x, window, stages);
  }

  /** Computes parts {@code [lo, hi)}. */
  void run(long lo, long hi) {
    long part = lo;
    while (part < hi) {
      long image = part / perImage;
      long end = Math.min(Math.min(hi, part + blocks.length), (image + 1) * perImage);
      run(image, (int) (part % perImage), (int) (end - part));
      part = end;
    }
  }

  // Blocks [first, first + count) of an image.
  private void run(long image, int first, int count) {
    for (int i = 0; i < count; i++) {
      blocks[i].start(image, first + i);
    }
    float[] found = new float[count];
    for (int step = 0; step < blocks[0].steps(); step++) {
      for (int i = 0; i < count; i++) {
        if (blocks[i].isQuick()) {
          found[i] += blocks[i].walk(step);
        }
      }
    }
    for (int i = 0; i < count; i++) {
      if (!blocks[i].isQuick() || found[i] != 0) {
        blocks[i].slowly();
      }
    }
  }
}
