// What follows a convolution that a library has written: y = activation(y + bias + residual), in place.
//
// Bound by memory: y is read and written once, a residual read once; the bias stays in the cache. A thread has a pack
// of a pixel's channels, or one channel where they are no whole number of packs.
#include "channels.cuh"
#include "sliding.cuh"

template <int N, class T>
DEVICE void finish(T* y, const float* bias, const T* residual, int64 packs, int channels, int activation) {
  int64 at = globalThread() * N;
  if (at >= packs * N) {
    return;
  }
  int channel = static_cast<int>(at % channels);
  float sum[N];
  widen(load<T, N>(y + at), sum);
  if (residual != nullptr) {
    addScaled(sum, 1.0f, residual + at);
  }
  for (int e = 0; e < N; e++) {
    sum[e] = activate(bias != nullptr ? sum[e] + bias[channel + e] : sum[e], activation);
  }
  storeNarrow(y + at, sum);
}

#define ENTRIES(T, SUFFIX)                                                                                            \
  ENTRY finish_##SUFFIX(T* y, const float* bias, const T* residual, int64 packs, int channels, int activation) {      \
    finish<PACK<T>>(y, bias, residual, packs, channels, activation);                                                  \
  }                                                                                                                   \
  ENTRY finish_single_##SUFFIX(T* y, const float* bias, const T* residual, int64 packs, int channels,                 \
                               int activation) {                                                                      \
    finish<1>(y, bias, residual, packs, channels, activation);                                                        \
  }

ENTRIES(float, f32)
ENTRIES(bfloat16, bf16)
