package io.auxgrad.tensor;

/**
 * Counter-based random numbers, Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011).
 *
 * <p>The whole state is a seed, a stream and a position, so it is saved and restored with three
 * numbers, and the same values come out on every device. Not thread-safe.
 */
public final class Philox {
  private static final int M0 = 0xD2511F53;
  private static final int M1 = 0xCD9E8D57;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;

  private final long seed;
  private final long stream;
  private final int[] block = new int[4];
  private long position;

  /** The numbers of {@code stream} under {@code seed}, from the first. Streams are independent. */
  public Philox(long seed, long stream) {
    this.seed = seed;
    this.stream = stream;
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The stream. */
  public long stream() {
    return stream;
  }

  /** How many 32-bit numbers have been drawn. */
  public long position() {
    return position;
  }

  /** Continues as if {@code position} 32-bit numbers had been drawn. */
  public void seek(long position) {
    this.position = position;
    if ((position & 3) != 0) {
      generate(position >>> 2, seed, stream, block);
    }
  }

  /** 32 random bits. */
  public int nextInt() {
    int lane = (int) (position & 3);
    if (lane == 0) {
      generate(position >>> 2, seed, stream, block);
    }
    position++;
    return block[lane];
  }

  /** A whole number in {@code [0, bound)}, without bias. */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new TensorException("random bound must be positive, got " + bound);
    }
    long product = (nextInt() & 0xFFFFFFFFL) * bound;
    long threshold = (1L << 32) % bound;
    while ((product & 0xFFFFFFFFL) < threshold) {
      product = (nextInt() & 0xFFFFFFFFL) * bound;
    }
    return (int) (product >>> 32);
  }

  /** Uniform in {@code [0,1)}, 24 bits. */
  public float nextFloat() {
    return (nextInt() >>> 8) * 0x1p-24f;
  }

  /** Uniform in {@code [low, high)}. */
  public float uniform(float low, float high) {
    return low + (high - low) * nextFloat();
  }

  /** Standard normal (Box-Muller; draws two numbers). */
  public float nextGaussian() {
    double u = ((nextInt() >>> 8) + 1) * 0x1p-24;
    double angle = 2 * Math.PI * ((nextInt() >>> 8) * 0x1p-24);
    return (float) (StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(angle));
  }

  /** Shuffles {@code values} in place (Fisher-Yates). */
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
  }

  /** Writes the four numbers of block {@code counter} into {@code out}; the form kernels use. */
  public static void generate(long counter, long seed, long stream, int[] out) {
    int c0 = (int) counter;
    int c1 = (int) (counter >>> 32);
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = (M0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long p1 = (M1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }
}
