package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.DType;
import java.util.List;
import java.util.function.Supplier;

/**
 * Convolutions by cuDNN and matrix products by cuBLAS, in the one stream of a GPU. Operands are
 * addresses of its memory. Sums are float32.
 */
public interface Primitives {
  /** One way of cuDNN to do a convolution. */
  interface Algorithm {
    /** By which it is found again, for example {@code cudnn-1}. */
    String name();

    /** Writes {@code result} of the two other operands, in the order x, w, y. */
    void run(long first, long second, long result);
  }

  /** One way of cuDNN to write {@code y = activation(conv(x, w) + bias + residual)} in one pass. */
  interface Fused {
    /** By which it is found again, for example {@code fused-cudnn-1}. */
    String name();

    /** What the bias must be; the other operands are of the problem's type. */
    DType biasType();

    /** Whether there must be a bias, be it of zeros. */
    boolean needsBias();

    /**
     * Writes {@code y}.
     *
     * @param bias 0 if there is none
     * @param residual 0 if there is none
     */
    void run(long x, long w, long bias, long residual, long y);
  }

  /**
   * The ways to do {@code problem}, what cuDNN thinks the best first; none where it cannot. Where
   * it fails, a way is among them that says so as it is run. Those that need more workspace than is
   * allowed are left out, and those whose results may differ from run to run, unless the user
   * allows them.
   */
  List<Algorithm> algorithms(ConvolutionProblem problem);

  /** The same with {@code ending} in the pass that writes {@code y}. */
  List<Fused> fused(ConvolutionProblem problem, Ending ending);

  /** Writes {@code out}. */
  void multiply(MatrixProduct product, long a, long b, long out);

  /** Whether the fastest way is to be found by measuring; otherwise the first is to be taken. */
  boolean searches();

  /**
   * A way that was chosen.
   *
   * @param way its name
   * @param lasting whether it is to be taken by later processes too: not if another way failed,
   *     which may work there
   */
  record Decision(String way, boolean lasting) {}

  /**
   * The name of the way that was decided on for {@code problem} on this GPU with these libraries,
   * else by {@code search}.
   */
  String decision(String problem, Supplier<Decision> search);

  /** Whether work is being captured, so that nothing can be measured. */
  boolean isCapturing();

  /** Seconds that the GPU takes for what {@code work} asks of it, without waits for the host. */
  double seconds(Runnable work);
}
