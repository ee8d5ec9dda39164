// Plays cuBLAS, on the pretended driver: products as the documentation defines them, column-major, with the checks of
// arguments that it lists. Sums are float64.
#include "fake_numbers.h"

namespace {

using fake::calls;
using fake::Elements;

enum Status { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };

constexpr int FLOAT32 = 0;
constexpr int BFLOAT16 = 14;
constexpr int COMPUTE_32F = 68;
constexpr int COMPUTE_TF32 = 77;

struct Handle {
  void* stream = nullptr;
  void* workspace = nullptr;
  size_t workspaceBytes = 0;
  int math = 0;
};

struct Product {
  bool transposeA, transposeB;
  int m, n, k;
  float alpha, beta;
  int lda, ldb, ldc;
  int64_t strideA, strideB, strideC;
  int batches;
  Elements a, b, c;
  bool tf32;

  void run() const {
    for (int64_t p = 0; p < batches; p++) {
      for (int64_t j = 0; j < n; j++) {
        for (int64_t i = 0; i < m; i++) {
          double sum = 0;
          for (int64_t l = 0; l < k; l++) {
            float x = a.get(p * strideA + (transposeA ? i * lda + l : l * lda + i));
            float y = b.get(p * strideB + (transposeB ? l * ldb + j : j * ldb + l));
            sum += tf32 ? static_cast<double>(fake::tf32(x)) * fake::tf32(y) : static_cast<double>(x) * y;
          }
          int64_t at = p * strideC + j * ldc + i;
          c.set(at, alpha * sum + (beta == 0 ? 0 : beta * c.get(at)));
        }
      }
    }
  }
};

int multiply(void* handle, int transa, int transb, int m, int n, int k, const void* alpha, const void* a, int aType,
             int lda, long long strideA, const void* b, int bType, int ldb, long long strideB, const void* beta,
             void* c, int cType, int ldc, long long strideC, int batches, int compute) {
  auto* h = static_cast<Handle*>(handle);
  if (h == nullptr) {
    return NOT_INITIALIZED;
  }
  // Without these it would not give the same bytes each time.
  if (h->stream == nullptr || h->workspace == nullptr || (h->math & 16) == 0) {
    return EXECUTION_FAILED;
  }
  bool plain = (transa == 0 || transa == 1) && (transb == 0 || transb == 1);
  if (!plain || m < 0 || n < 0 || k < 0 || batches < 0 || lda < (transa ? k : m) || ldb < (transb ? n : k) || ldc < m ||
      alpha == nullptr || beta == nullptr || a == nullptr || b == nullptr || c == nullptr) {
    return INVALID_VALUE;
  }
  bool single = aType == FLOAT32 && bType == FLOAT32 && cType == FLOAT32 &&
                (compute == COMPUTE_32F || compute == COMPUTE_TF32);
  bool half = aType == BFLOAT16 && bType == BFLOAT16 && (cType == BFLOAT16 || cType == FLOAT32) &&
              compute == COMPUTE_32F;
  if (!single && !half) {
    return NOT_SUPPORTED;
  }
  auto elements = [](const void* at, int type) {
    return Elements{static_cast<char*>(const_cast<void*>(at)), type == BFLOAT16};
  };
  Product product{transa == 1,
                  transb == 1,
                  m,
                  n,
                  k,
                  *static_cast<const float*>(alpha),
                  *static_cast<const float*>(beta),
                  lda,
                  ldb,
                  ldc,
                  strideA,
                  strideB,
                  strideC,
                  batches,
                  elements(a, aType),
                  elements(b, bType),
                  elements(c, cType),
                  compute == COMPUTE_TF32};
  return fake::submit(h->stream, [=, workspace = h->workspace, bytes = h->workspaceBytes] {
           memset(workspace, 0xee, bytes);
           product.run();
         }) == 0
             ? SUCCESS
             : EXECUTION_FAILED;
}

}  // namespace

API int cublasCreate_v2(void** handle) {
  calls["handles"]++;
  *handle = new Handle();
  return SUCCESS;
}

API int cublasDestroy_v2(void* handle) {
  calls["handles"]--;
  delete static_cast<Handle*>(handle);
  return SUCCESS;
}

API int cublasSetStream_v2(void* handle, void* stream) {
  auto* h = static_cast<Handle*>(handle);
  h->stream = stream;
  h->workspace = nullptr;
  return SUCCESS;
}

API int cublasSetWorkspace_v2(void* handle, void* workspace, size_t bytes) {
  auto* h = static_cast<Handle*>(handle);
  h->workspace = workspace;
  h->workspaceBytes = bytes;
  return SUCCESS;
}

API int cublasSetMathMode(void* handle, int mode) {
  static_cast<Handle*>(handle)->math = mode;
  return SUCCESS;
}

API int cublasGemmEx(void* handle, int transa, int transb, int m, int n, int k, const void* alpha, const void* a,
                     int aType, int lda, const void* b, int bType, int ldb, const void* beta, void* c, int cType,
                     int ldc, int compute, int) {
  calls["cublasGemmEx"]++;
  return multiply(handle, transa, transb, m, n, k, alpha, a, aType, lda, 0, b, bType, ldb, 0, beta, c, cType, ldc, 0, 1,
                  compute);
}

API int cublasGemmStridedBatchedEx(void* handle, int transa, int transb, int m, int n, int k, const void* alpha,
                                   const void* a, int aType, int lda, long long strideA, const void* b, int bType,
                                   int ldb, long long strideB, const void* beta, void* c, int cType, int ldc,
                                   long long strideC, int batches, int compute, int) {
  calls["cublasGemmStridedBatchedEx"]++;
  return multiply(handle, transa, transb, m, n, k, alpha, a, aType, lda, strideA, b, bType, ldb, strideB, beta, c,
                  cType, ldc, strideC, batches, compute);
}

API int cublasGetProperty(int which, int* value) {
  *value = which == 0 ? 13 : 1;
  return SUCCESS;
}

API const char* cublasGetStatusName(int) { return "a status of the pretended cuBLAS"; }

API const char* cublasGetStatusString(int) { return "its text"; }

API long fake_calls(const char* name) { return calls[name]; }
