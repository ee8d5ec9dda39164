// Pooling of images [N,H,W,C]: maximum, average, and the mean of a whole image, with their gradients.
//
// Bound by memory: the input is read once and the output written once, the backward pass the other way round. Windows
// overlap, but what neighbours read again is in the caches. Gradients gather: each input pixel looks at the windows that
// hold it, in a fixed order, so there are no atomics.
#include "channels.cuh"

struct Extents {
  int inHeight;
  int inWidth;
  int outHeight;
  int outWidth;
  int channels;
};

struct Window {
  int kernel;
  int stride;
  int pad;

  // The first input of window o, which may lie outside of the image.
  DEVICE int start(int o) const { return o * stride - pad; }

  DEVICE int first(int o) const { return max(start(o), 0); }

  DEVICE int end(int o, int in) const { return min(start(o) + kernel, in); }

  // The first window that holds input i.
  DEVICE int firstHolding(int i) const { return max(i + pad - kernel + stride, 0) / stride; }

  DEVICE int endHolding(int i, int out) const { return min((i + pad) / stride + 1, out); }

  // One over the number of inputs of window o.
  DEVICE float share(int o, int in) const { return 1 / static_cast<float>(end(o, in) - first(o)); }
};

// ---- Maximum. The first of equal values wins, and of all the first NaN.

DEVICE bool wins(float value, float best) { return value > best || (value != value && best == best); }

// `positions` may be null: y and positions move 5/4 (float32) or 3/2 (bfloat16) of what y alone moves.
template <class T, int N>
DEVICE void maximum(const T* x, T* y, uint8* positions, const Extents& s, const Window& window) {
  Place at = place<N>(s.outHeight, s.outWidth, s.channels);
  if (!at.inside) {
    return;
  }
  int top = window.start(at.row);
  int left = window.start(at.column);
  int firstRow = window.first(at.row);
  int firstColumn = window.first(at.column);
  int endRow = window.end(at.row, s.inHeight);
  int endColumn = window.end(at.column, s.inWidth);
  float best[N];
  int where[N];
  for (int e = 0; e < N; e++) {
    best[e] = __uint_as_float(0xff800000u);
    where[e] = (firstRow - top) * window.kernel + firstColumn - left;
  }
  for (int i = firstRow; i < endRow; i++) {
    const T* row = x + offset(at.image, i, 0, at.channel, s.inHeight, s.inWidth, s.channels);
    for (int j = firstColumn; j < endColumn; j++) {
      Pack<T, N> in = load<T, N>(row + static_cast<int64>(j) * s.channels);
      int position = (i - top) * window.kernel + j - left;
      for (int e = 0; e < N; e++) {
        float value = widen(in.at[e]);
        if (wins(value, best[e])) {
          best[e] = value;
          where[e] = position;
        }
      }
    }
  }
  int64 target = offset(at.image, at.row, at.column, at.channel, s.outHeight, s.outWidth, s.channels);
  storeNarrow(y + target, best);
  if (positions) {
    Pack<uint8, N> out;
    for (int e = 0; e < N; e++) {
      out.at[e] = static_cast<uint8>(where[e]);
    }
    store(positions + target, out);
  }
}

// dx, summed by add(sum, place, i, j, from) over the windows (i, j) that hold its pixel; `from` is their place in dy.
template <class T, int N, class F>
DEVICE void gatherWindows(T* dx, const Extents& s, const Window& window, F add) {
  Place at = place<N>(s.inHeight, s.inWidth, s.channels);
  if (!at.inside) {
    return;
  }
  int endRow = window.endHolding(at.row, s.outHeight);
  int endColumn = window.endHolding(at.column, s.outWidth);
  float sum[N] = {};
  for (int i = window.firstHolding(at.row); i < endRow; i++) {
    for (int j = window.firstHolding(at.column); j < endColumn; j++) {
      add(sum, at, i, j, offset(at.image, i, j, at.channel, s.outHeight, s.outWidth, s.channels));
    }
  }
  storeNarrow(dx + offset(at.image, at.row, at.column, at.channel, s.inHeight, s.inWidth, s.channels), sum);
}

// Reads dy and positions, writes dx.
template <class T, int N>
DEVICE void maximumBackward(const T* dy, const uint8* positions, T* dx, const Extents& s, const Window& window) {
  gatherWindows<T, N>(dx, s, window, [&](float (&sum)[N], const Place& at, int i, int j, int64 from) {
    int mine = (at.row - window.start(i)) * window.kernel + at.column - window.start(j);
    Pack<uint8, N> where = load<uint8, N>(positions + from);
    Pack<T, N> in = load<T, N>(dy + from);
    for (int e = 0; e < N; e++) {
      sum[e] += where.at[e] == mine ? widen(in.at[e]) : 0.0f;
    }
  });
}

// ---- A stage of a chain of residual pooling: next = factor * maximum(top), sum = base + next.

// Reads top and base and writes next and sum, each once: as ops one by one, a stage would move seven maps. What lies
// between the stages is float32, for sums may cancel. `base` may be `sum`, for each thread reads what it writes; `next` is
// null in the last stage.
template <class From, class To, int N>
DEVICE void chain(const From* top, const From* base, const float* factor, float* next, To* sum, const Extents& s,
                  const Window& window) {
  Place at = place<N>(s.outHeight, s.outWidth, s.channels);
  if (!at.inside) {
    return;
  }
  int endRow = window.end(at.row, s.inHeight);
  int endColumn = window.end(at.column, s.inWidth);
  float best[N];
  for (int e = 0; e < N; e++) {
    best[e] = __uint_as_float(0xff800000u);
  }
  for (int i = window.first(at.row); i < endRow; i++) {
    const From* row = top + offset(at.image, i, 0, at.channel, s.inHeight, s.inWidth, s.channels);
    for (int j = window.first(at.column); j < endColumn; j++) {
      Pack<From, N> in = load<From, N>(row + static_cast<int64>(j) * s.channels);
      for (int e = 0; e < N; e++) {
        float value = widen(in.at[e]);
        best[e] = wins(value, best[e]) ? value : best[e];
      }
    }
  }
  int64 target = offset(at.image, at.row, at.column, at.channel, s.outHeight, s.outWidth, s.channels);
  Pack<From, N> old = load<From, N>(base + target);
  float total[N];
  for (int e = 0; e < N; e++) {
    best[e] *= factor[at.channel + e];
    total[e] = widen(old.at[e]) + best[e];
  }
  if (next) {
    storeNarrow(next + target, best);
  }
  storeNarrow(sum + target, total);
}

// ---- Average over what lies inside of the image.

template <class T, int N>
DEVICE void average(const T* x, T* y, const Extents& s, const Window& window) {
  Place at = place<N>(s.outHeight, s.outWidth, s.channels);
  if (!at.inside) {
    return;
  }
  int endRow = window.end(at.row, s.inHeight);
  int endColumn = window.end(at.column, s.inWidth);
  float sum[N] = {};
  for (int i = window.first(at.row); i < endRow; i++) {
    const T* row = x + offset(at.image, i, 0, at.channel, s.inHeight, s.inWidth, s.channels);
    for (int j = window.first(at.column); j < endColumn; j++) {
      addScaled(sum, 1, row + static_cast<int64>(j) * s.channels);
    }
  }
  float share = window.share(at.row, s.inHeight) * window.share(at.column, s.inWidth);
  for (int e = 0; e < N; e++) {
    sum[e] *= share;
  }
  storeNarrow(y + offset(at.image, at.row, at.column, at.channel, s.outHeight, s.outWidth, s.channels), sum);
}

template <class T, int N>
DEVICE void averageBackward(const T* dy, T* dx, const Extents& s, const Window& window) {
  gatherWindows<T, N>(dx, s, window, [&](float (&sum)[N], const Place&, int i, int j, int64 from) {
    addScaled(sum, window.share(i, s.inHeight) * window.share(j, s.inWidth), dy + from);
  });
}

// ---- The mean of each image and channel: a block for LANES packs of an image, whose teams share the pixels.

template <class T, int N>
DEVICE void global(const T* x, T* y, int pixels, int channels) {
  int channel = (blockIdx.y * LANES + lane()) * N;
  float sum[N] = {};
  if (channel < channels) {
    const T* image = x + static_cast<int64>(blockIdx.x) * pixels * channels + channel;
    for (int pixel = team(); pixel < pixels; pixel += TEAMS) {
      addScaled(sum, 1, image + static_cast<int64>(pixel) * channels);
    }
  }
  sumOverTeams(sum);
  if (team() == 0 && channel < channels) {
    for (int e = 0; e < N; e++) {
      sum[e] /= static_cast<float>(pixels);
    }
    storeNarrow(y + static_cast<int64>(blockIdx.x) * channels + channel, sum);
  }
}

// Writes dx; dy stays in the cache.
template <class T, int N>
DEVICE void globalBackward(const T* dy, T* dx, int height, int width, int channels) {
  Place at = place<N>(height, width, channels);
  if (at.inside) {
    float share = 1 / (static_cast<float>(height) * static_cast<float>(width));
    float out[N] = {};
    addScaled(out, share, dy + at.image * channels + at.channel);
    storeNarrow(dx + offset(at.image, at.row, at.column, at.channel, height, width, channels), out);
  }
}

#define SHAPE_PARAMETERS \
  int inHeight, int inWidth, int outHeight, int outWidth, int channels, int kernel, int stride, int pad
#define SHAPE \
  Extents{inHeight, inWidth, outHeight, outWidth, channels}, Window { kernel, stride, pad }

// Each must move its input and its output once, sizeof(T) bytes for each element, and the maximum and its
// gradient a byte for each position.
#define POOLING_ENTRIES(SUFFIX, T, N)                                                                   \
  ENTRY maximum_##SUFFIX(const T* x, T* y, uint8* positions, SHAPE_PARAMETERS) {                        \
    maximum<T, N>(x, y, positions, SHAPE);                                                              \
  }                                                                                                     \
  ENTRY maximum_backward_##SUFFIX(const T* dy, const uint8* positions, T* dx, SHAPE_PARAMETERS) {       \
    maximumBackward<T, N>(dy, positions, dx, SHAPE);                                                    \
  }                                                                                                     \
  ENTRY average_##SUFFIX(const T* x, T* y, SHAPE_PARAMETERS) { average<T, N>(x, y, SHAPE); }            \
  ENTRY average_backward_##SUFFIX(const T* dy, T* dx, SHAPE_PARAMETERS) {                               \
    averageBackward<T, N>(dy, dx, SHAPE);                                                               \
  }                                                                                                     \
  ENTRY global_##SUFFIX(const T* x, T* y, int pixels, int channels) {                                   \
    global<T, N>(x, y, pixels, channels);                                                               \
  }                                                                                                     \
  ENTRY global_backward_##SUFFIX(const T* dy, T* dx, int height, int width, int channels) {             \
    globalBackward<T, N>(dy, dx, height, width, channels);                                              \
  }

POOLING_ENTRIES(f32, float, PACK<float>)
POOLING_ENTRIES(bf16, bfloat16, PACK<bfloat16>)
POOLING_ENTRIES(single_f32, float, 1)
POOLING_ENTRIES(single_bf16, bfloat16, 1)

#define CHAIN_ENTRY(SUFFIX, From, To, N)                                                                \
  ENTRY chain_##SUFFIX(const From* top, const From* base, const float* factor, float* next, To* sum,    \
                       SHAPE_PARAMETERS) {                                                              \
    chain<From, To, N>(top, base, factor, next, sum, SHAPE);                                            \
  }

#define CHAIN_ENTRIES(PREFIX, N)                      \
  CHAIN_ENTRY(PREFIX##f32_f32, float, float, N)       \
  CHAIN_ENTRY(PREFIX##f32_bf16, float, bfloat16, N)   \
  CHAIN_ENTRY(PREFIX##bf16_f32, bfloat16, float, N)   \
  CHAIN_ENTRY(PREFIX##bf16_bf16, bfloat16, bfloat16, N)

CHAIN_ENTRIES(, PACK<float>)
CHAIN_ENTRIES(single_, 1)
