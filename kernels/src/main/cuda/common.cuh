// What all kernels share: element types, 16-byte packs, the place of a thread, sums over a warp and a block.
//
// Compiled by NVRTC without any toolkit header, by nvcc, and by g++ against a header that plays the GPU.
#pragma once

typedef unsigned char uint8;
typedef unsigned short uint16;
typedef unsigned int uint32;
typedef unsigned long long uint64;
typedef long long int64;

#define DEVICE __device__ __forceinline__

constexpr int WARP = 32;
constexpr uint32 ALL_LANES = 0xffffffffu;

// ---- Element types. Arithmetic is float32 throughout; a bfloat16 is widened when read and rounded once when written.

struct bfloat16 {
  uint16 bits;
};

DEVICE float widen(float x) { return x; }

DEVICE float widen(bfloat16 x) { return __uint_as_float(static_cast<uint32>(x.bits) << 16); }

template <class T>
DEVICE T narrow(float x);

template <>
DEVICE float narrow<float>(float x) {
  return x;
}

// To the nearest, of two the even one. A NaN stays one: the rounding could carry its fraction away. From Ampere on there
// is an instruction for it.
template <>
DEVICE bfloat16 narrow<bfloat16>(float x) {
#if __CUDA_ARCH__ >= 800
  bfloat16 rounded;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(rounded.bits) : "f"(x));
  return rounded;
#else
  uint32 bits = __float_as_uint(x);
  uint32 rounded = bits + 0x7fffu + (bits >> 16 & 1u);
  uint32 quiet = bits | 0x400000u;
  return bfloat16{static_cast<uint16>((x == x ? rounded : quiet) >> 16)};
#endif
}

// As it goes into a product: NARROW if the other factor is bfloat16, to which both are rounded then.
template <bool NARROW, class T>
DEVICE float factor(T x) {
  return widen(x);
}

template <>
DEVICE float factor<true, float>(float x) {
  return widen(narrow<bfloat16>(x));
}

// ---- Packs: a thread moves 16 bytes at a time where the data lie so.

template <class T, int N>
struct alignas(sizeof(T) * N) Pack {
  T at[N];
};

template <class T>
constexpr int PACK = 16 / sizeof(T);

template <class T, int N = PACK<T>>
DEVICE Pack<T, N> load(const T* from) {
  return *reinterpret_cast<const Pack<T, N>*>(from);
}

// To global memory. 16 bytes are asked for in so many words: between computations the compiler takes a pack apart, and
// would then write it element by element.
template <class T, int N>
DEVICE void store(T* to, const Pack<T, N>& pack) {
#ifdef __CUDA_ARCH__
  if constexpr (sizeof(pack) == 16) {
    const Pack<uint32, 4>& words = reinterpret_cast<const Pack<uint32, 4>&>(pack);
    asm volatile("{ .reg .u64 to; cvta.to.global.u64 to, %0; st.global.v4.b32 [to], {%1, %2, %3, %4}; }" ::"l"(to),
                 "r"(words.at[0]), "r"(words.at[1]), "r"(words.at[2]), "r"(words.at[3])
                 : "memory");
    return;
  }
#endif
  *reinterpret_cast<Pack<T, N>*>(to) = pack;
}

// ---- Places.

DEVICE int64 globalThread() { return static_cast<int64>(blockIdx.x) * blockDim.x + threadIdx.x; }

DEVICE int64 allThreads() { return static_cast<int64>(gridDim.x) * blockDim.x; }

// ---- Sums in a fixed order, so that the same numbers give the same bytes.

// The sum of all lanes, in every lane.
template <class S>
DEVICE S warpSum(S value) {
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(ALL_LANES, value, distance);
  }
  return value;
}

// The sum over a block of whole warps, in every thread; all of its threads must call it.
template <class S>
DEVICE S blockSum(S value) {
  __shared__ S partial[WARP];
  int lane = threadIdx.x % WARP;
  int warp = threadIdx.x / WARP;
  value = warpSum(value);
  __syncthreads();  // the last call's sums have been read
  if (lane == 0) {
    partial[warp] = value;
  }
  __syncthreads();
  return warpSum(lane < static_cast<int>(blockDim.x / WARP) ? partial[lane] : S(0));
}

// ---- The larger and the smaller of two; a NaN on either side is the result, which fmaxf and fminf would swallow. From
// Ampere on there are instructions for it.

template <class V>
DEVICE V larger(V a, V b) {
  return a > b || a != a ? a : b;
}

template <class V>
DEVICE V smaller(V a, V b) {
  return a < b || a != a ? a : b;
}

#if __CUDA_ARCH__ >= 800
template <>
DEVICE float larger<float>(float a, float b) {
  float y;
  asm("max.NaN.f32 %0, %1, %2;" : "=f"(y) : "f"(a), "f"(b));
  return y;
}

template <>
DEVICE float smaller<float>(float a, float b) {
  float y;
  asm("min.NaN.f32 %0, %1, %2;" : "=f"(y) : "f"(a), "f"(b));
  return y;
}
#endif

// ---- Wrong data: a kernel cannot throw, so the host finds the first report here when it next waits.

struct Fault {
  int message;  // 0: nothing has been reported
  int value;
  int64 place;
  int claimed;  // 0: nobody is writing it
};

// The host may look at any time: the message comes last.
DEVICE void report(Fault* fault, int message, int value, int64 place) {
  if (atomicCAS(&fault->claimed, 0, 1) == 0) {
    fault->value = value;
    fault->place = place;
    __threadfence_system();
    *const_cast<volatile int*>(&fault->message) = message;
  }
}

// ---- Entry points: NAME_f32 and NAME_bf16 of a template, so that the host finds them by name.

#define ENTRY extern "C" __global__ void
