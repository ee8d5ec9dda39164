// Element-wise ops.
//
// All of them are bound by memory: what they read and write must move once, and nothing else. Each thread takes one
// pack of 16 bytes (4 float32 or 8 bfloat16), neighbouring threads neighbouring packs; the thread behind the last
// whole pack does the rest, element by element. There is a kernel for each function, so that none pays with registers
// for what another needs.
#include "common.cuh"

// ---- The loops all of them share.

// y[i] = f(x[i], i).
template <class X, class Y, class F>
DEVICE void map(const X* x, Y* y, int64 n, F f) {
  constexpr int N = PACK<X> < PACK<Y> ? PACK<X> : PACK<Y>;
  int64 first = globalThread() * N;
  if (first + N <= n) {
    Pack<X, N> in = load<X, N>(x + first);
    Pack<Y, N> out;
    for (int k = 0; k < N; k++) {
      out.at[k] = f(in.at[k], first + k);
    }
    store(y + first, out);
  } else {
    for (int64 i = first; i < n; i++) {
      y[i] = f(x[i], i);
    }
  }
}

// y[i] = f(a[i], b[i]); y may be a.
template <class A, class B, class F>
DEVICE void zip(const A* a, const B* b, A* y, int64 n, F f) {
  constexpr int N = PACK<A> < PACK<B> ? PACK<A> : PACK<B>;
  int64 first = globalThread() * N;
  if (first + N <= n) {
    Pack<A, N> left = load<A, N>(a + first);
    Pack<B, N> right = load<B, N>(b + first);
    Pack<A, N> out;
    for (int k = 0; k < N; k++) {
      out.at[k] = narrow<A>(f(widen(left.at[k]), widen(right.at[k])));
    }
    store(y + first, out);
  } else {
    for (int64 i = first; i < n; i++) {
      y[i] = narrow<A>(f(widen(a[i]), widen(b[i])));
    }
  }
}

// ---- Functions of one argument, and their derivatives in terms of what UnaryOp says: the input or the output.

constexpr float LEAK = 0.01f;

DEVICE float sigmoid(float x) { return 1 / (1 + expf(-x)); }

DEVICE float softplus(float x) { return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))); }

// Comparisons let a NaN through, which fmaxf and fminf would swallow.
DEVICE float relu(float x) { return x <= 0 ? 0 : x; }

DEVICE float relu6(float x) { return x <= 0 ? 0 : (x >= 6 ? 6 : x); }

DEVICE float hardSwishSlope(float x) { return x <= -3 ? 0 : (x >= 3 ? 1 : (2 * x + 3) / 6); }

DEVICE float siluSlope(float x) {
  float s = sigmoid(x);
  return s * (1 + x * (1 - s));
}

// name, value of x, derivative in terms of x or y, which is called x too
#define UNARY_OPS(OP, T, SUFFIX)                                                  \
  OP(negate, T, SUFFIX, -x, -1)                                                   \
  OP(abs, T, SUFFIX, fabsf(x), x > 0 ? 1 : (x < 0 ? -1 : x))                      \
  OP(square, T, SUFFIX, x * x, 2 * x)                                             \
  OP(sqrt, T, SUFFIX, sqrtf(x), 0.5f / x)                                         \
  OP(reciprocal, T, SUFFIX, 1 / x, -x * x)                                        \
  OP(exp, T, SUFFIX, expf(x), x)                                                  \
  OP(log, T, SUFFIX, logf(x), 1 / x)                                              \
  OP(relu, T, SUFFIX, relu(x), x > 0 ? 1 : 0)                                     \
  OP(relu6, T, SUFFIX, relu6(x), x > 0 && x < 6 ? 1 : 0)                          \
  OP(leaky_relu, T, SUFFIX, x > 0 ? x : LEAK * x, x > 0 ? 1 : LEAK)               \
  OP(sigmoid, T, SUFFIX, sigmoid(x), x * (1 - x))                                 \
  OP(tanh, T, SUFFIX, tanhf(x), 1 - x * x)                                        \
  OP(silu, T, SUFFIX, x * sigmoid(x), siluSlope(x))                               \
  OP(softplus, T, SUFFIX, softplus(x), sigmoid(x))                                \
  OP(hard_swish, T, SUFFIX, x * relu6(x + 3) / 6, hardSwishSlope(x))

// y = f(x) moves 2 n elements; dx = dy * slope(source) moves 3 n.
#define UNARY_ENTRIES(NAME, T, SUFFIX, VALUE, SLOPE)                                                      \
  ENTRY NAME##_##SUFFIX(const T* in, T* out, int64 n) {                                                   \
    map(in, out, n, [](T element, int64) {                                                                \
      float x = widen(element);                                                                           \
      return narrow<T>(VALUE);                                                                            \
    });                                                                                                   \
  }                                                                                                       \
  ENTRY NAME##_backward_##SUFFIX(const T* dy, const T* source, T* dx, int64 n) {                          \
    zip(dy, source, dx, n, [](float slope, [[maybe_unused]] float x) { return slope * static_cast<float>(SLOPE); });       \
  }

UNARY_OPS(UNARY_ENTRIES, float, f32)
UNARY_OPS(UNARY_ENTRIES, bfloat16, bf16)

// ---- Functions of two arguments.

// Both shapes as walked together, innermost first: strides are 0 where an operand stands still.
struct Broadcast {
  int rank;
  int extent[8];
  int64 strideA[8];
  int64 strideB[8];
};

// Any shapes: a division per dimension and element finds the operands; results are written side by side.
template <class A, class B, class F>
DEVICE void zipBroadcast(const A* a, const B* b, A* y, int64 n, const Broadcast& shape, F f) {
  for (int64 i = globalThread(); i < n; i += allThreads()) {
    int64 rest = i;
    int64 atA = 0;
    int64 atB = 0;
    for (int d = 0; d < shape.rank; d++) {
      int64 outer = rest / shape.extent[d];
      int64 index = rest - outer * shape.extent[d];
      atA += index * shape.strideA[d];
      atB += index * shape.strideB[d];
      rest = outer;
    }
    y[i] = narrow<A>(f(widen(a[atA]), widen(b[atB])));
  }
}

// One row of b meets every row of a, both a whole number of packs long: b stays in the cache.
template <class A, class B, class F>
DEVICE void zipRow(const A* a, const B* b, A* y, int64 n, int row, F f) {
  constexpr int N = PACK<A> < PACK<B> ? PACK<A> : PACK<B>;
  int64 first = globalThread() * N;
  if (first < n) {
    Pack<A, N> left = load<A, N>(a + first);
    Pack<B, N> right = load<B, N>(b + first % row);
    Pack<A, N> out;
    for (int k = 0; k < N; k++) {
      out.at[k] = narrow<A>(f(widen(left.at[k]), widen(right.at[k])));
    }
    store(y + first, out);
  }
}

#define BINARY_OPS(OP, A, B, SUFFIX)        \
  OP(add, A, B, SUFFIX, a + b)              \
  OP(subtract, A, B, SUFFIX, a - b)         \
  OP(multiply, A, B, SUFFIX, a * b)         \
  OP(divide, A, B, SUFFIX, a / b)           \
  OP(maximum, A, B, SUFFIX, larger(a, b))   \
  OP(minimum, A, B, SUFFIX, smaller(a, b))

// y may be a. Moves what a, b and y hold.
#define BINARY_ENTRIES(NAME, A, B, SUFFIX, VALUE)                                                            \
  ENTRY NAME##_##SUFFIX(const A* left, const B* right, A* y, int64 n) {                                      \
    zip(left, right, y, n, [](float a, float b) { return VALUE; });                                          \
  }                                                                                                          \
  ENTRY NAME##_row_##SUFFIX(const A* left, const B* right, A* y, int64 n, int row) {                         \
    zipRow(left, right, y, n, row, [](float a, float b) { return VALUE; });                                  \
  }                                                                                                          \
  ENTRY NAME##_broadcast_##SUFFIX(const A* left, const B* right, A* y, int64 n, Broadcast shape) {           \
    zipBroadcast(left, right, y, n, shape, [](float a, float b) { return VALUE; });                          \
  }

BINARY_OPS(BINARY_ENTRIES, float, float, f32_f32)
BINARY_OPS(BINARY_ENTRIES, float, bfloat16, f32_bf16)
BINARY_OPS(BINARY_ENTRIES, bfloat16, float, bf16_f32)
BINARY_OPS(BINARY_ENTRIES, bfloat16, bfloat16, bf16_bf16)

// ---- Philox4x32-10 (Salmon et al., SC 2011): the numbers of block `counter`, as io.auxgrad.tensor.Philox draws them.

struct Random4 {
  uint32 at[4];
};

DEVICE Random4 philox(uint64 counter, uint64 seed, uint64 stream) {
  uint32 c0 = static_cast<uint32>(counter), c1 = static_cast<uint32>(counter >> 32);
  uint32 c2 = static_cast<uint32>(stream), c3 = static_cast<uint32>(stream >> 32);
  uint32 k0 = static_cast<uint32>(seed), k1 = static_cast<uint32>(seed >> 32);
  for (int round = 0; round < 10; round++) {
    uint64 p0 = 0xD2511F53ull * c0;
    uint64 p1 = 0xCD9E8D57ull * c2;
    c0 = static_cast<uint32>(p1 >> 32) ^ c1 ^ k0;
    c2 = static_cast<uint32>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32>(p1);
    c3 = static_cast<uint32>(p0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return Random4{{c0, c1, c2, c3}};
}

// Element i is dropped if the upper 24 bits of number i are below limit = ceil(p 2^24). A thread draws one block of
// four numbers for four elements. Moves 2 n elements.
template <class T>
DEVICE void dropout(const T* x, T* y, int64 n, uint32 limit, float scale, uint64 seed, const uint32* halves) {
  int64 first = globalThread() * 4;
  if (first >= n) {
    return;
  }
  uint64 stream = static_cast<uint64>(halves[1]) << 32 | halves[0];
  Random4 random = philox(first / 4, seed, stream);
  auto kept = [&](int k, T value) {
    return narrow<T>(random.at[k] >> 8 < limit ? 0.0f : widen(value) * scale);
  };
  if (first + 4 <= n) {
    Pack<T, 4> pack = load<T, 4>(x + first);
    for (int k = 0; k < 4; k++) {
      pack.at[k] = kept(k, pack.at[k]);
    }
    store(y + first, pack);
  } else {
    for (int k = 0; first + k < n; k++) {
      y[first + k] = kept(k, x[first + k]);
    }
  }
}

// ---- Casts: to whole numbers, C's conversion where it is defined, and the nearest end of the range outside of it.

template <class Y>
DEVICE Y convert(double x) {
  return static_cast<Y>(x);
}

// Truncates; a NaN gives 0.
template <>
DEVICE int convert<int>(double x) {
  return x != x ? 0 : (x >= 2147483647.0 ? 2147483647 : (x <= -2147483648.0 ? -2147483647 - 1 : static_cast<int>(x)));
}

// Rounds, halves to even, and clamps.
template <>
DEVICE uint8 convert<uint8>(double x) {
  return x > 0 ? static_cast<uint8>(rint(x < 255 ? x : 255.0)) : 0;
}

template <>
DEVICE bfloat16 convert<bfloat16>(double x) {
  return narrow<bfloat16>(static_cast<float>(x));
}

DEVICE double exactly(bfloat16 x) { return widen(x); }

template <class X>
DEVICE double exactly(X x) {
  return x;
}

// Between float32 and bfloat16, what networks do, without the way through double.
DEVICE bfloat16 castOne(float x, bfloat16*) { return narrow<bfloat16>(x); }

DEVICE float castOne(bfloat16 x, float*) { return widen(x); }

template <class X>
DEVICE X castOne(X x, X*) {
  return x;
}

template <class X, class Y>
DEVICE Y castOne(X x, Y*) {
  return convert<Y>(exactly(x));
}

template <class X, class Y>
DEVICE void cast(const X* x, Y* y, int64 n) {
  map(x, y, n, [](X in, int64) { return castOne(in, static_cast<Y*>(nullptr)); });
}

// Must move n (sizeof(X) + sizeof(Y)) bytes.
#define CAST_ENTRY(X, Y, SUFFIX) \
  ENTRY cast_##SUFFIX(const X* x, Y* y, int64 n) { cast(x, y, n); }

#define CAST_ENTRIES(X, FROM)          \
  CAST_ENTRY(X, float, FROM##_f32)     \
  CAST_ENTRY(X, bfloat16, FROM##_bf16) \
  CAST_ENTRY(X, uint8, FROM##_u8)      \
  CAST_ENTRY(X, int, FROM##_i32)       \
  CAST_ENTRY(X, double, FROM##_f64)

CAST_ENTRIES(float, f32)
CAST_ENTRIES(bfloat16, bf16)
CAST_ENTRIES(uint8, u8)
CAST_ENTRIES(int, i32)
CAST_ENTRIES(double, f64)

// ---- The rest, for both types of activations.

// Affine and scaling move 2 n elements, accumulation 3 n, filling n.
#define ENTRIES(T, SUFFIX)                                                                                     \
  ENTRY affine_##SUFFIX(const T* x, T* y, int64 n, float scale, float shift) {                                 \
    map(x, y, n, [=](T element, int64) { return narrow<T>(scale * widen(element) + shift); });                 \
  }                                                                                                            \
  ENTRY accumulate_##SUFFIX(T* target, const T* x, int64 n) {                                                  \
    zip(target, x, target, n, [](float a, float b) { return a + b; });                                         \
  }                                                                                                            \
  ENTRY scale_by_##SUFFIX(T* target, const float* factor, int64 n) {                                           \
    float f = *factor;                                                                                         \
    map(target, target, n, [=](T element, int64) { return narrow<T>(f * widen(element)); });                   \
  }                                                                                                            \
  ENTRY fill_##SUFFIX(T* target, int64 n, float value) {                                                       \
    map(target, target, n, [=](T, int64) { return narrow<T>(value); });                                        \
  }                                                                                                            \
  ENTRY dropout_##SUFFIX(const T* x, T* y, int64 n, uint32 limit, float scale, uint64 seed,                   \
                         const uint32* halves) {                                                                \
    dropout(x, y, n, limit, scale, seed, halves);                                                              \
  }

ENTRIES(float, f32)
ENTRIES(bfloat16, bf16)
