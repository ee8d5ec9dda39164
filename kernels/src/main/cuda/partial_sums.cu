// The second stage of the gradients of weight and bias: adds up what blocks have left, in a fixed order.
//
// partial [parts, outputs, columns (+ 1)], the last column being the bias where it is asked for. A block takes 32
// neighbouring sums and deals the parts out to its 8 warps, which read 128 bytes at a time; the parts move once,
// 4 parts n bytes, and 4 n for the n sums.
#include "common.cuh"

constexpr int WARPS = 8;

ENTRY sum_partial_gradients(const float* partial, float* dw, float* dbias, int parts, int outputs, int columns) {
  __shared__ float sums[WARPS][WARP];
  int width = columns + (dbias != nullptr ? 1 : 0);
  int64 n = static_cast<int64>(outputs) * width;
  int lane = threadIdx.x % WARP;
  int warp = threadIdx.x / WARP;
  int64 at = static_cast<int64>(blockIdx.x) * WARP + lane;
  float sum = 0;
  if (at < n) {
#pragma unroll 8
    for (int p = warp; p < parts; p += WARPS) {
      sum += partial[p * n + at];
    }
  }
  sums[warp][lane] = sum;
  __syncthreads();
  if (warp == 0 && at < n) {
    float total = 0;
    for (int k = 0; k < WARPS; k++) {
      total += sums[k][lane];
    }
    int64 output = at / width;
    int column = static_cast<int>(at - output * width);
    if (column < columns) {
      dw[output * columns + column] = total;
    } else {
      dbias[output] = total;
    }
  }
}
