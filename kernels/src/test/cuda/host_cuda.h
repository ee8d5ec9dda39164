// Plays the GPU, so that kernels run where there is none: the text of a .cu file is compiled for the processor, a block's
// threads become fibers, and a fiber goes on until it meets a barrier or a shuffle. In which order they get their turn
// is chosen by the caller; a barrier that is missing shows as a wrong result in one order or the other.
#pragma once

#include <ucontext.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <tuple>
#include <utility>
#include <vector>

struct dim3 {
  unsigned x, y, z;
};

struct alignas(16) float4 {
  float x, y, z, w;
};

static dim3 blockIdx, threadIdx, blockDim, gridDim;

#define __global__
#define __device__ inline
#define __forceinline__
#define __shared__ static
#define __launch_bounds__(...)
#define __expf expf

namespace host {

struct Fiber {
  ucontext_t context;
  std::vector<char> stack;
  bool done;
};

constexpr int WARP = 32;
constexpr size_t STACK = 64 << 10;

static std::vector<Fiber> fibers;
static ucontext_t scheduler;
static Fiber* current;
static void (*body)();
static uint64_t exchanged[1024];

static void enter() {
  body();
  current->done = true;
  swapcontext(&current->context, &scheduler);
}

// Lets all other threads of the block come to their next barrier.
static void yield() {
  Fiber* me = current;
  swapcontext(&me->context, &scheduler);
}

static unsigned turn(int order, unsigned k, unsigned n) { return order == 0 ? k : n - 1 - k; }

static void runBlock(unsigned threads, int order) {
  if (fibers.size() < threads) {
    fibers.resize(threads);
  }
  for (unsigned i = 0; i < threads; i++) {
    Fiber& fiber = fibers[i];
    fiber.stack.resize(STACK);
    fiber.done = false;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.data();
    fiber.context.uc_stack.ss_size = STACK;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, enter, 0);
  }
  for (unsigned left = threads; left > 0;) {
    for (unsigned k = 0; k < threads; k++) {
      unsigned i = turn(order, k, threads);
      if (!fibers[i].done) {
        current = &fibers[i];
        threadIdx = {i, 0, 0};
        swapcontext(&scheduler, &current->context);
        left -= fibers[i].done;
      }
    }
  }
}

template <class... A>
struct Call {
  static void (*kernel)(A...);
  static void** arguments;

  template <size_t... I>
  static void unpack(std::index_sequence<I...>) {
    kernel(*static_cast<A*>(arguments[I])...);
  }

  static void run() { unpack(std::index_sequence_for<A...>()); }
};

template <class... A>
void (*Call<A...>::kernel)(A...);
template <class... A>
void** Call<A...>::arguments;

// Runs a whole grid. Returns the number of parameters where `count` is another, else 0.
template <class... A>
int launch(void (*kernel)(A...), unsigned x, unsigned y, unsigned z, unsigned threads, void** arguments, int count,
           int order) {
  if (count != sizeof...(A)) {
    return sizeof...(A);
  }
  Call<A...>::kernel = kernel;
  Call<A...>::arguments = arguments;
  body = Call<A...>::run;
  gridDim = {x, y, z};
  blockDim = {threads, 1, 1};
  unsigned long long blocks = 1ull * x * y * z;
  for (unsigned long long b = 0; b < blocks; b++) {
    unsigned long long at = order == 0 ? b : blocks - 1 - b;
    blockIdx = {static_cast<unsigned>(at % x), static_cast<unsigned>(at / x % y), static_cast<unsigned>(at / x / y)};
    runBlock(threads, order);
  }
  return 0;
}

template <class T>
T exchange(T value, unsigned from) {
  memcpy(&exchanged[threadIdx.x], &value, sizeof value);
  yield();
  T result;
  memcpy(&result, &exchanged[threadIdx.x / WARP * WARP + from], sizeof result);
  yield();
  return result;
}

}  // namespace host

#define HOST_ENTRY(NAME)                                                                                     \
  extern "C" __attribute__((visibility("default"))) int host_##NAME(unsigned x, unsigned y, unsigned z, unsigned threads, void** arguments, int count, \
                             int order) {                                                                    \
    return host::launch(NAME, x, y, z, threads, arguments, count, order);                                    \
  }

static inline void __syncthreads() { host::yield(); }

static inline void __syncwarp(unsigned = 0xffffffffu) { host::yield(); }

template <class T>
static inline T __shfl_xor_sync(unsigned, T value, int mask) {
  return host::exchange(value, (threadIdx.x % host::WARP) ^ mask);
}

template <class T>
static inline T __shfl_down_sync(unsigned, T value, unsigned delta) {
  unsigned lane = threadIdx.x % host::WARP;
  return host::exchange(value, lane + delta < host::WARP ? lane + delta : lane);
}

template <class T>
static inline T __shfl_sync(unsigned, T value, int from) {
  return host::exchange(value, from % host::WARP);
}

static inline float __uint_as_float(unsigned bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

static inline unsigned __float_as_uint(float x) {
  unsigned bits;
  memcpy(&bits, &x, 4);
  return bits;
}

static inline float __int_as_float(int bits) { return __uint_as_float(static_cast<unsigned>(bits)); }

static inline int __float_as_int(float x) { return static_cast<int>(__float_as_uint(x)); }

static inline float rsqrtf(float x) { return 1 / sqrtf(x); }

static inline double rsqrt(double x) { return 1 / sqrt(x); }

template <class T>
static inline T min(T a, T b) {
  return b < a ? b : a;
}

template <class T>
static inline T max(T a, T b) {
  return a < b ? b : a;
}

template <class T>
static inline T atomicAdd(T* at, T value) {
  T old = *at;
  *at += value;
  return old;
}

template <class T>
static inline T atomicCAS(T* at, T expected, T value) {
  T old = *at;
  if (old == expected) {
    *at = value;
  }
  return old;
}

template <class T>
static inline T atomicMax(T* at, T value) {
  T old = *at;
  if (old < value) {
    *at = value;
  }
  return old;
}
