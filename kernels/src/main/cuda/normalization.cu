// Batch normalisation of x [rows, C] with a residual and an activation: y = activation((x - mean) scale + beta +
// residual), scale = gamma / sqrt(variance + eps).
//
// Bound by memory, in two passes each way, both of which walk down the columns: sums over the rows, then one pass over
// the elements. Training reads x twice and writes y; the gradient reads dy and x twice and writes dx. A residual is one
// more read, its gradient one more write. What lies between is a few numbers for each channel and block.
//
// Which thread adds what depends on the shape and the device alone, so the same numbers give the same bytes.
#include "channels.cuh"
#include "columns.cuh"

// Packs of each tensor that a thread has under way, and values it adds in float32 before the sum goes on in float64.
// Gradients read more tensors and have more to keep.
constexpr int RUN = 4;
constexpr int GRADIENT_RUN = 2;

// Rows whose mean stands for that of all: squares of distances from there lose nothing to cancellation.
constexpr int PIVOT_ROWS = 4;

// An activation: the output is cut off at the ends of (low, high), and the gradient is 0 from there on. An end that is
// NaN is none.
struct Range {
  float low;
  float high;

  DEVICE bool cuts(float v) const { return v <= low || v >= high; }

  // One after the other, as of two in one the compiler makes a branch.
  DEVICE float cut(float v) const {
    float above = v <= low ? low : v;
    return above >= high ? high : above;
  }
};

// One over the standard deviations: given, or those of variances.
struct Spread {
  const float* values;
  int ofVariance;
  float eps;

  DEVICE float invStd(int64 channel) const {
    float value = values[channel];
    return ofVariance ? static_cast<float>(1 / sqrt(static_cast<double>(value) + eps)) : value;
  }
};

// What a thread keeps of its pack of channels. The mean is taken off first: a large one costs no digits.
template <int N>
struct Scaling {
  float mean[N];
  float scale[N];
  float beta[N];

  DEVICE Scaling(const float* gammas, const float* betas, const float* means, const Spread& spread, int64 channel) {
    for (int e = 0; e < N; e++) {
      mean[e] = means[channel + e];
      scale[e] = gammas[channel + e] * spread.invStd(channel + e);
      beta[e] = betas[channel + e];
    }
  }

  DEVICE float of(float x, int e) const { return fmaf(x - mean[e], scale[e], beta[e]); }
};

// ---- Sums over the rows: each block leaves its own, [C, chunks] in float64, and a warp for each channel adds them up.

template <int N>
DEVICE void leave(const Walk<N>& walk, const Columns& shape, const double (&sum)[N], double* folded, double* partial) {
  __syncthreads();  // what was left before has been read
  foldLanes<Plus>(walk, sum, folded);
  for (int i = threadIdx.x; i < walk.width; i += BLOCK) {
    partial[(walk.column + i) * shape.chunks + walk.chunk] = folded[i];
  }
}

// In every lane of the warp.
DEVICE double sumOfChunks(const double* partial, int64 channel, int chunks) {
  double sum = 0;
  for (int k = threadIdx.x % WARP; k < chunks; k += WARP) {
    sum += partial[channel * chunks + k];
  }
  return warpSum(sum);
}

// ---- Training: moments, statistics, normalize.

template <class T, int N>
DEVICE void pivots(const T* x, int64 rows, int64 channels, int64 channel, float (&pivot)[N]) {
  for (int e = 0; e < N; e++) {
    pivot[e] = 0;
  }
  for (int k = 0; k < PIVOT_ROWS; k++) {
    addScaled(pivot, 1.0f / PIVOT_ROWS, x + rows * k / PIVOT_ROWS * channels + channel);
  }
}

// partial [2, C, chunks]: sums of the distances from the pivots, and of their squares.
template <class T, int N>
DEVICE void moments(const T* x, double* partial, const Columns& shape, double* folded) {
  Walk<N> walk(shape);
  float pivot[N];
  pivots(x, shape.length, shape.inner, walk.own, pivot);
  double sum[N] = {};
  double squares[N] = {};
  eachRun<RUN>(walk, [&](auto run, int64 at) {
    constexpr int ROWS = decltype(run)::count;
    Pack<T, N> in[ROWS];
    loadRun(x + at, walk.step, in);
    for (int e = 0; e < N; e++) {
      float some = 0;
      float someSquares = 0;
      for (int k = 0; k < ROWS; k++) {
        float distance = widen(in[k].at[e]) - pivot[e];
        some += distance;
        someSquares = fmaf(distance, distance, someSquares);
      }
      sum[e] += some;
      squares[e] += someSquares;
    }
  });
  leave(walk, shape, sum, folded, partial);
  leave(walk, shape, squares, folded, partial + shape.inner * shape.chunks);
}

DEVICE void move(float* running, double value, float momentum) {
  *running = static_cast<float>(*running + momentum * (value - *running));
}

// The running ones may be absent.
template <class T>
DEVICE void statistics(const T* x, const double* partial, float* mean, float* invStd, float* runningMean,
                       float* runningVariance, int64 rows, int64 channels, int chunks, float momentum, float eps) {
  int64 channel = globalThread() / WARP;
  if (channel >= channels) {
    return;
  }
  double offset = sumOfChunks(partial, channel, chunks) / rows;
  double square = sumOfChunks(partial, channels + channel, chunks) / rows;
  if (threadIdx.x % WARP != 0) {
    return;
  }
  float pivot[1];
  pivots(x, rows, channels, channel, pivot);
  double average = pivot[0] + offset;
  double variance = larger(square - offset * offset, 0.0);
  mean[channel] = static_cast<float>(average);
  invStd[channel] = static_cast<float>(1 / sqrt(variance + eps));
  if (runningMean != nullptr) {
    move(runningMean + channel, average, momentum);
    move(runningVariance + channel, variance * rows / (rows - 1), momentum);
  }
}

// The residual may be absent.
template <class T, int N>
DEVICE void normalize(const T* x, const T* residual, T* y, const float* gamma, const float* beta, const float* mean,
                      const Spread& spread, Range range, const Columns& shape) {
  Walk<N> walk(shape);
  Scaling<N> scaling(gamma, beta, mean, spread, walk.own);
  eachRun<RUN>(walk, [&](auto run, int64 at) {
    constexpr int ROWS = decltype(run)::count;
    Pack<T, N> in[ROWS];
    Pack<T, N> added[ROWS];
    loadRun(x + at, walk.step, in);
    if (residual != nullptr) {
      loadRun(residual + at, walk.step, added);
    }
    for (int k = 0; k < ROWS; k++) {
      for (int e = 0; e < N; e++) {
        float v = scaling.of(widen(in[k].at[e]), e);
        v = residual != nullptr ? v + widen(added[k].at[e]) : v;
        in[k].at[e] = narrow<T>(range.cut(v));
      }
      store(y + at + k * walk.step, in[k]);
    }
  });
}

// ---- Gradients: gradient_sums, gradient_coefficients, gradient.

// What arrives through the activation. The mask is that of y, or computed from x where y is absent: the same one, since
// the forward pass has computed y in the same way, and a third of the traffic less.
template <class T, int N>
struct Arriving {
  const T* dy;
  const T* x;
  const T* y;
  Range range;

  template <int ROWS>
  DEVICE void load(const Scaling<N>& scaling, int64 at, int64 step, Pack<T, N> (&dz)[ROWS],
                   Pack<T, N> (&in)[ROWS]) const {
    loadRun(dy + at, step, dz);
    loadRun(x + at, step, in);
    Pack<T, N> out[ROWS];
    if (y != nullptr) {
      loadRun(y + at, step, out);
    }
    for (int k = 0; k < ROWS; k++) {
      for (int e = 0; e < N; e++) {
        float v = y != nullptr ? widen(out[k].at[e]) : scaling.of(widen(in[k].at[e]), e);
        dz[k].at[e] = range.cuts(v) ? T{} : dz[k].at[e];
      }
    }
  }
};

// partial [2, C, chunks]: sums of dz, and of dz (x - mean).
template <class T, int N>
DEVICE void gradientSums(const Arriving<T, N>& arriving, const float* gamma, const float* beta, const float* mean,
                         const Spread& spread, double* partial, const Columns& shape, double* folded) {
  Walk<N> walk(shape);
  Scaling<N> scaling(gamma, beta, mean, spread, walk.own);
  double sum[N] = {};
  double products[N] = {};
  eachRun<GRADIENT_RUN>(walk, [&](auto run, int64 at) {
    constexpr int ROWS = decltype(run)::count;
    Pack<T, N> dz[ROWS];
    Pack<T, N> in[ROWS];
    arriving.load(scaling, at, walk.step, dz, in);
    for (int e = 0; e < N; e++) {
      float some = 0;
      float someProducts = 0;
      for (int k = 0; k < ROWS; k++) {
        float d = widen(dz[k].at[e]);
        some += d;
        someProducts = fmaf(d, widen(in[k].at[e]) - scaling.mean[e], someProducts);
      }
      sum[e] += some;
      products[e] += someProducts;
    }
  });
  leave(walk, shape, sum, folded, partial);
  leave(walk, shape, products, folded, partial + shape.inner * shape.chunks);
}

// dx = scale (dz - mean(dz) - (x - mean) invStd mean(dz (x - mean) invStd)) is scale dz + slope (x - mean) + rest, where
// `share` is one over the rows, and 0 for statistics that do not depend on x. In float64 up to here: where dz is nearly
// the same in all rows, what these are off by is off in all rows alike, and the gradients of the layers before add it up.
ENTRY gradient_coefficients(const double* partial, const float* gamma, const float* invStd, float* dgamma, float* dbeta,
                            float* slope, float* rest, int64 channels, int chunks, double share) {
  int64 channel = globalThread() / WARP;
  if (channel >= channels) {
    return;
  }
  double sum = sumOfChunks(partial, channel, chunks);
  double product = sumOfChunks(partial, channels + channel, chunks);
  if (threadIdx.x % WARP == 0) {
    double s = invStd[channel];
    double scale = gamma[channel] * invStd[channel];
    dbeta[channel] = static_cast<float>(sum);
    dgamma[channel] = static_cast<float>(product * s);
    slope[channel] = static_cast<float>(-scale * s * s * product * share);
    rest[channel] = static_cast<float>(-scale * sum * share);
  }
}

// The residual's gradient, dz itself, may not be wanted.
template <class T, int N>
DEVICE void gradient(const Arriving<T, N>& arriving, const float* gamma, const float* beta, const float* mean,
                     const Spread& spread, const float* slopes, const float* rests, T* dx, T* dresidual,
                     const Columns& shape) {
  Walk<N> walk(shape);
  Scaling<N> scaling(gamma, beta, mean, spread, walk.own);
  float slope[N];
  float rest[N];
  for (int e = 0; e < N; e++) {
    slope[e] = slopes[walk.own + e];
    rest[e] = rests[walk.own + e];
  }
  eachRun<GRADIENT_RUN>(walk, [&](auto run, int64 at) {
    constexpr int ROWS = decltype(run)::count;
    Pack<T, N> dz[ROWS];
    Pack<T, N> in[ROWS];
    arriving.load(scaling, at, walk.step, dz, in);
    for (int k = 0; k < ROWS; k++) {
      if (dresidual != nullptr) {
        store(dresidual + at + k * walk.step, dz[k]);
      }
      for (int e = 0; e < N; e++) {
        float fromRows = fmaf(scaling.scale[e], widen(dz[k].at[e]), rest[e]);
        in[k].at[e] = narrow<T>(fmaf(slope[e], widen(in[k].at[e]) - scaling.mean[e], fromRows));
      }
      store(dx + at + k * walk.step, in[k]);
    }
  });
}

// In elements of x, moments move n, normalize 2 n (3 n with a residual), gradient_sums 2 n (3 n with y) and gradient
// 3 n (one more with y, and one for the residual's gradient); statistics and gradient_coefficients what blocks left.
#define ENTRIES(T, SUFFIX)                                                                                            \
  ENTRY moments_##SUFFIX(const T* x, double* partial, Columns shape) {                                                \
    __shared__ double folded[BLOCK * PACK<T>];                                                                        \
    if (shape.packed) {                                                                                               \
      moments<T, PACK<T>>(x, partial, shape, folded);                                                                 \
    } else {                                                                                                          \
      moments<T, 1>(x, partial, shape, folded);                                                                       \
    }                                                                                                                 \
  }                                                                                                                   \
  ENTRY statistics_##SUFFIX(const T* x, const double* partial, float* mean, float* invStd, float* runningMean,        \
                            float* runningVariance, int64 rows, int64 channels, int chunks, float momentum,           \
                            float eps) {                                                                              \
    statistics(x, partial, mean, invStd, runningMean, runningVariance, rows, channels, chunks, momentum, eps);        \
  }                                                                                                                   \
  ENTRY normalize_##SUFFIX(const T* x, const T* residual, T* y, const float* gamma, const float* beta,                \
                           const float* mean, const float* spread, int ofVariance, float eps, float low, float high,  \
                           Columns shape) {                                                                           \
    if (shape.packed) {                                                                                               \
      normalize<T, PACK<T>>(x, residual, y, gamma, beta, mean, {spread, ofVariance, eps}, {low, high}, shape);        \
    } else {                                                                                                          \
      normalize<T, 1>(x, residual, y, gamma, beta, mean, {spread, ofVariance, eps}, {low, high}, shape);              \
    }                                                                                                                 \
  }                                                                                                                   \
  ENTRY gradient_sums_##SUFFIX(const T* dy, const T* x, const T* y, float low, float high, const float* gamma,        \
                               const float* beta, const float* mean, const float* invStd, double* partial,            \
                               Columns shape) {                                                                       \
    __shared__ double folded[BLOCK * PACK<T>];                                                                        \
    Spread spread = {invStd, 0, 0};                                                                                   \
    if (shape.packed) {                                                                                               \
      gradientSums<T, PACK<T>>({dy, x, y, {low, high}}, gamma, beta, mean, spread, partial, shape, folded);           \
    } else {                                                                                                          \
      gradientSums<T, 1>({dy, x, y, {low, high}}, gamma, beta, mean, spread, partial, shape, folded);                 \
    }                                                                                                                 \
  }                                                                                                                   \
  ENTRY gradient_##SUFFIX(const T* dy, const T* x, const T* y, float low, float high, const float* gamma,             \
                          const float* beta, const float* mean, const float* invStd, const float* slope,              \
                          const float* rest, T* dx, T* dresidual, Columns shape) {                                    \
    Spread spread = {invStd, 0, 0};                                                                                   \
    if (shape.packed) {                                                                                               \
      gradient<T, PACK<T>>({dy, x, y, {low, high}}, gamma, beta, mean, spread, slope, rest, dx, dresidual, shape);    \
    } else {                                                                                                          \
      gradient<T, 1>({dy, x, y, {low, high}}, gamma, beta, mean, spread, slope, rest, dx, dresidual, shape);          \
    }                                                                                                                 \
  }

ENTRIES(float, f32)
ENTRIES(bfloat16, bf16)
