// Plays CUDA, so that kernels run where there is no GPU: the text of a .cu file is compiled for the processor after this
// header, which gives it the words of the language and the functions that kernels here use. host_block.h runs them.
#pragma once

#include <chrono>
#include <cmath>

#include "host_block.h"

#define __global__
#define __device__ inline
#define __host__
#define __forceinline__
#define __shared__ static
#define __launch_bounds__(...)
#define __expf expf

// The host's compiler is told to fuse no multiply-adds.
inline float __fadd_rn(float a, float b) { return a + b; }

inline float __fmul_rn(float a, float b) { return a * b; }

struct alignas(8) float2 {
  float x, y;
};

struct alignas(16) float4 {
  float x, y, z, w;
};

// ---- Entry points, which the caller finds by name.

#define HOST_EXPORT extern "C" __attribute__((visibility("default")))

#define HOST_ENTRY(NAME)                                                                                           \
  HOST_EXPORT const char* host_##NAME(unsigned x, unsigned y, unsigned z, unsigned threads, void** arguments,      \
                                      int count, unsigned order) {                                                 \
    return host::launch(NAME, x, y, z, threads, arguments, count, order);                                          \
  }

HOST_EXPORT void auxgrad_host_shared(void* at, long size) { host::announce(at, static_cast<size_t>(size)); }

#if defined(__SANITIZE_ADDRESS__)
HOST_EXPORT void auxgrad_host_forbid(void* at, long size) { __asan_poison_memory_region(at, size); }

HOST_EXPORT void auxgrad_host_allow(void* at, long size) { __asan_unpoison_memory_region(at, size); }
#endif

// ---- Barriers, shuffles, votes.

inline void __syncthreads() { host::leave(host::Wait::BLOCK); }

inline void __syncwarp(unsigned = 0xffffffffu) { host::leave(host::Wait::WARP); }

inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
  unsigned long long bytes = static_cast<unsigned long long>(y) << 32 | x;
  unsigned result = 0;
  for (int i = 0; i < 4; i++) {
    result |= static_cast<unsigned>(bytes >> (selector >> 4 * i & 7) * 8 & 0xff) << 8 * i;
  }
  return result;
}

inline void __nanosleep(unsigned) {}

namespace host {
inline unsigned long long nanoseconds() { return std::chrono::steady_clock::now().time_since_epoch().count(); }
}  // namespace host

inline void __threadfence_system() {}

inline unsigned hostLane() { return threadIdx.x % host::WARP; }

template <class T>
T __shfl_sync(unsigned, T value, int from) {
  return host::exchange(value, from % host::WARP);
}

template <class T>
T __shfl_xor_sync(unsigned, T value, int mask) {
  return host::exchange(value, hostLane() ^ mask);
}

template <class T>
T __shfl_down_sync(unsigned, T value, unsigned delta) {
  unsigned from = hostLane() + delta;
  return host::exchange(value, from < host::WARP ? from : hostLane());
}

template <class T>
T __shfl_up_sync(unsigned, T value, unsigned delta) {
  return host::exchange(value, hostLane() >= delta ? hostLane() - delta : hostLane());
}

inline unsigned __ballot_sync(unsigned, int predicate) {
  unsigned votes = 0;
  for (unsigned lane = 0; lane < host::WARP; lane++) {
    votes |= host::exchange(predicate != 0 ? 1u : 0u, lane) << lane;
  }
  return votes;
}

inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }

inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) == 0xffffffffu; }

// ---- Bits and numbers.

inline float __uint_as_float(unsigned bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

inline unsigned __float_as_uint(float x) {
  unsigned bits;
  memcpy(&bits, &x, 4);
  return bits;
}

inline float __int_as_float(int bits) { return __uint_as_float(static_cast<unsigned>(bits)); }

inline int __float_as_int(float x) { return static_cast<int>(__float_as_uint(x)); }

inline float rsqrtf(float x) { return 1 / sqrtf(x); }

inline double rsqrt(double x) { return 1 / sqrt(x); }

template <class T>
T min(T a, T b) {
  return b < a ? b : a;
}

template <class T>
T max(T a, T b) {
  return a < b ? b : a;
}

template <class T>
T __ldg(const T* at) {
  return *at;
}

// ---- Atomics: one fiber runs at a time, and none is interrupted.

template <class T>
T atomicAdd(T* at, T value) {
  static_assert(static_cast<T>(0.5f) == 0, "sums of floating-point numbers would depend on the order");
  T old = *at;
  *at += value;
  return old;
}

template <class T>
T atomicCAS(T* at, T expected, T value) {
  T old = *at;
  if (old == expected) {
    *at = value;
  }
  return old;
}

template <class T>
T atomicMax(T* at, T value) {
  T old = *at;
  if (old < value) {
    *at = value;
  }
  return old;
}

template <class T>
T atomicMin(T* at, T value) {
  T old = *at;
  if (value < old) {
    *at = value;
  }
  return old;
}
