package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.MatrixProduct;
import io.auxgrad.kernels.cuda.libraries.Cublas;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.MathMode;
import java.util.List;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;

/**
 * Products of matrices. One stream and a workspace of our own are what makes cuBLAS give the same
 * bytes each time.
 */
final class CublasProducts implements AutoCloseable {
  private static final List<String> FUNCTIONS =
      List.of(
          "cublasCreate_v2",
          "cublasDestroy_v2",
          "cublasSetStream_v2",
          "cublasSetWorkspace_v2",
          "cublasSetMathMode",
          "cublasGemmEx",
          "cublasGemmStridedBatchedEx");

  /** What NVIDIA advises for Hopper. */
  private static final int WORKSPACE_BYTES = 32 << 20;

  // Parts of a long sum are float32 too where the result is not.
  private static final int SUMS_IN_FLOAT32 = 16; // CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION
  private static final int DEFAULT_ALGORITHM = -1;

  private final Queue queue;
  private final Cublas cublas;
  private final cublasHandle handle = new cublasHandle();
  private final Buffer workspace;

  CublasProducts(CudaLibraries libraries, Queue queue) {
    this.queue = queue;
    cublas = Cublas.load(libraries, FUNCTIONS);
    queue.enter();
    check(JCublas2.cublasCreate(handle), "cublasCreate");
    workspace = queue.memory().allocate(WORKSPACE_BYTES);
    try {
      check(JCublas2.cublasSetStream(handle, new cudaStream_t(queue.stream())), "cublasSetStream");
      // After the stream, which goes back to a workspace of the library's own.
      check(
          JCublas2.cublasSetWorkspace(handle, new Address(workspace.address()), WORKSPACE_BYTES),
          "cublasSetWorkspace");
      check(JCublas2.cublasSetMathMode(handle, SUMS_IN_FLOAT32), "cublasSetMathMode");
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  String describe() {
    return "cuBLAS " + cublas.version();
  }

  // cuBLAS is column-major: what it takes for b^T a^T is a b to us.
  void multiply(MatrixProduct p, long a, long b, long out) {
    queue.enter();
    int status =
        p.batches() == 1
            ? JCublas2.cublasGemmEx_new(
                handle,
                operation(p.transposeB()),
                operation(p.transposeA()),
                p.columns(),
                p.rows(),
                p.depth(),
                Scalars.ONE,
                new Address(b),
                type(p.factors()),
                lengthOfRowB(p),
                new Address(a),
                type(p.factors()),
                lengthOfRowA(p),
                Scalars.ZERO,
                new Address(out),
                type(p.result()),
                p.columns(),
                compute(p),
                DEFAULT_ALGORITHM)
            : JCublas2.cublasGemmStridedBatchedEx_new(
                handle,
                operation(p.transposeB()),
                operation(p.transposeA()),
                p.columns(),
                p.rows(),
                p.depth(),
                Scalars.ONE,
                new Address(b),
                type(p.factors()),
                lengthOfRowB(p),
                (long) p.depth() * p.columns(),
                new Address(a),
                type(p.factors()),
                lengthOfRowA(p),
                (long) p.rows() * p.depth(),
                Scalars.ZERO,
                new Address(out),
                type(p.result()),
                p.columns(),
                (long) p.rows() * p.columns(),
                p.batches(),
                compute(p),
                DEFAULT_ALGORITHM);
    if (status != 0) {
      throw Cublas.failure(status, "a product of matrices by cuBLAS, " + p);
    }
    queue.launched("a product of matrices by cuBLAS");
  }

  private static int operation(boolean transpose) {
    return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static int lengthOfRowA(MatrixProduct p) {
    return p.transposeA() ? p.rows() : p.depth();
  }

  private static int lengthOfRowB(MatrixProduct p) {
    return p.transposeB() ? p.depth() : p.columns();
  }

  private static int type(DType type) {
    return type == DType.BFLOAT16 ? cudaDataType.CUDA_R_16BF : cudaDataType.CUDA_R_32F;
  }

  private static int compute(MatrixProduct p) {
    return p.factors() == DType.FLOAT32 && p.math() == MathMode.TF32
        ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
        : cublasComputeType.CUBLAS_COMPUTE_32F;
  }

  private void check(int status, String call) {
    cublas.check(status, call);
  }

  @Override
  public void close() {
    queue.enter();
    int status = JCublas2.cublasDestroy(handle);
    queue.memory().release(workspace);
    check(status, "cublasDestroy");
  }
}
