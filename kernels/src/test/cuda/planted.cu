// Kernels that are wrong on purpose, each in one way, to show that the stand-in for a GPU tells.
#include "common.cuh"

// Each thread reads what another one has written, without a barrier between.
ENTRY missing_barrier(const int* x, int* y) {
  __shared__ int tile[64];
  int i = threadIdx.x;
  tile[i] = x[i];
  y[i] = tile[63 - i];
}

// The same with the barrier.
ENTRY with_barrier(const int* x, int* y) {
  __shared__ int tile[64];
  int i = threadIdx.x;
  tile[i] = x[i];
  __syncthreads();
  y[i] = tile[63 - i];
}

// A block's first sum is read before the threads of the other warps have added theirs.
ENTRY missing_barrier_between_warps(const int* x, int* y) {
  __shared__ int partial[2];
  int sum = warpSum(x[threadIdx.x]);
  if (threadIdx.x % WARP == 0) {
    partial[threadIdx.x / WARP] = sum;
  }
  __syncwarp();
  y[threadIdx.x] = partial[0] + partial[1];
}

// Reads shared memory that nobody has written.
ENTRY unwritten_shared_memory(float* y) {
  __shared__ float tile[64];
  if (threadIdx.x > 0) {
    tile[threadIdx.x] = 1;
  }
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x];
}

// Half of a warp shuffles, the other half waits for the block.
ENTRY diverging_barriers(int* y) {
  if (threadIdx.x % WARP < WARP / 2) {
    y[threadIdx.x] = __shfl_xor_sync(ALL_LANES, static_cast<int>(threadIdx.x), 1);
  } else {
    __syncthreads();
  }
}

// Writes behind the end.
ENTRY one_too_many(int* y, int n) {
  if (static_cast<int>(threadIdx.x) <= n) {
    y[threadIdx.x] = 1;
  }
}

// Writes one element behind the end of shared memory.
ENTRY one_too_many_shared(int* y) {
  __shared__ int tile[32];
  tile[threadIdx.x + 1] = 1;
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x];
}

// Reads 16 bytes where only 4 are aligned.
ENTRY misaligned(const float* x, float* y) {
  Pack<float, 4> pack = load<float, 4>(x + 1);
  y[0] = pack.at[0];
}
