// Pooling of images [N,H,W,C]: maximum, average, and the mean of a whole image, with their gradients.
//
// Bound by memory: the input is read once and the output written once, the backward pass the other way round. Windows
// overlap, but what neighbours read again is in the caches. Gradients gather: each input pixel looks at the windows that
// hold it, in a fixed order, so there are no atomics.
//
// But for the maximum of 5x5, whose 25 comparisons take longer than memory does. There a thread walks down some rows, and
// windows one below the other share what is largest in each row: 5 comparisons for a row and 4 for an output.
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

// ---- Maximum. The first of equal values wins, and of all the last NaN.

DEVICE bool wins(float value, float best) { return value > best || value != value; }

// `positions` may be null: y and positions move 5/4 (float32) or 3/2 (bfloat16) of what y alone moves.
template <class T, int N>
DEVICE void finish(T* y, uint8* positions, int64 target, const float (&best)[N], const int (&where)[N]) {
  storeNarrow(y + target, best);
  if (positions) {
    Pack<uint8, N> out;
    for (int e = 0; e < N; e++) {
      out.at[e] = static_cast<uint8>(where[e]);
    }
    store(positions + target, out);
  }
}

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
  finish(y, positions, offset(at.image, at.row, at.column, at.channel, s.outHeight, s.outWidth, s.channels), best,
         where);
}

// ---- Maximum of 5x5 windows, one at each pixel. A place outside of the image is that of the nearest pixel inside, which
// is in the window too: so nothing is asked about edges, and of equal places the first still wins.

constexpr int SIDE = 5;

// Outputs of a column that a thread makes.
constexpr int RUN = 4;

DEVICE int clamped(int i, int extent) { return min(max(i, 0), extent - 1); }

// The largest so far, and where: which is nothing, and takes no register, unless PLACED.
template <int N, bool PLACED>
struct Winner {
  float value[N];
  int where[N];

  // Of what comes behind this, or lies below it.
  DEVICE void meet(const Winner& other) {
    for (int e = 0; e < N; e++) {
      if constexpr (PLACED) {
        bool won = wins(other.value[e], value[e]);
        value[e] = won ? other.value[e] : value[e];
        where[e] = won ? other.where[e] : where[e];
      } else {
        value[e] = larger(other.value[e], value[e]);
      }
    }
  }
};

// Where the window of an output begins.
struct Corner {
  int row;
  int column;

  DEVICE int position(int i, int j) const { return (i - row) * SIDE + j - column; }
};

// Of the SIDE places of row i in a window, by their positions in it.
template <int N, bool PLACED, class T>
DEVICE Winner<N, PLACED> acrossRow(const T* row, int i, const Corner& corner, const Extents& s) {
  Winner<N, PLACED> best;
  for (int tap = 0; tap < SIDE; tap++) {
    int j = clamped(corner.column + tap, s.inWidth);
    Pack<T, N> in = load<T, N>(row + static_cast<int64>(j) * s.channels);
    Winner<N, PLACED> here;
    for (int e = 0; e < N; e++) {
      here.value[e] = widen(in.at[e]);
      here.where[e] = corner.position(i, j);
    }
    if (tap == 0) {
      best = here;
    } else {
      best.meet(here);
    }
  }
  return best;
}

// f(target, channel, winner) for RUN outputs below each other. The grid has a row for each RUN rows of y.
template <int N, bool PLACED, class T, class F>
DEVICE void eachWinner(const T* x, const Extents& s, F f) {
  Place at = place<N>((s.outHeight + RUN - 1) / RUN, s.outWidth, s.channels);
  if (!at.inside) {
    return;
  }
  int first = at.row * RUN;
  Corner corner = {first - SIDE / 2, at.column - SIDE / 2};
  Winner<N, PLACED> rows[SIDE + RUN - 1];
#pragma unroll
  for (int i = 0; i < SIDE + RUN - 1; i++) {
    int row = clamped(corner.row + i, s.inHeight);
    const T* from = x + offset(at.image, row, 0, at.channel, s.inHeight, s.inWidth, s.channels);
    rows[i] = acrossRow<N, PLACED>(from, row, corner, s);
    int down = i - (SIDE - 1);
    if (down >= 0 && first + down < s.outHeight) {
      Winner<N, PLACED> best = rows[down];
      for (int k = 1; k < SIDE; k++) {
        best.meet(rows[down + k]);
      }
      for (int e = 0; e < N; e++) {
        best.where[e] -= down * SIDE;
      }
      f(offset(at.image, first + down, at.column, at.channel, s.outHeight, s.outWidth, s.channels), at.channel, best);
    }
  }
}

template <class T, int N>
DEVICE void maximum5x5(const T* x, T* y, uint8* positions, const Extents& s) {
  if (positions) {
    eachWinner<N, true>(x, s, [&](int64 target, int, const Winner<N, true>& best) {
      finish(y, positions, target, best.value, best.where);
    });
  } else {
    eachWinner<N, false>(
        x, s, [&](int64 target, int, const Winner<N, false>& best) { storeNarrow(y + target, best.value); });
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

// All ones in those of four bytes that are not `value`.
DEVICE uint32 unequal(uint32 four, int value) {
  uint32 difference = four ^ value * 0x01010101u;
  uint32 carried = ((difference & 0x7f7f7f7fu) + 0x7f7f7f7fu) | difference;
  return (carried >> 7 & 0x01010101u) * 0xffu;
}

// The elements whose place is `mine`, and zeros. Four places are compared at once, and whole words of elements let
// through: half as many instructions as to decide for each.
template <class T, int N>
DEVICE Pack<T, N> only(Pack<T, N> pack, const uint8* places, int mine) {
  if constexpr (N == 1) {
    return *places == mine ? pack : Pack<T, N>{};
  } else {
    constexpr int EACH = 4 / sizeof(T);  // elements of a word
    auto& words = reinterpret_cast<Pack<uint32, N / EACH>&>(pack);
    auto where = load<uint32, N / 4>(reinterpret_cast<const uint32*>(places));
    for (int k = 0; k < N / EACH; k++) {
      int first = k * EACH % 4;
      int selector = EACH == 1 ? 0x1111 * first : 0x1100 + 0x1111 * first;
      words.at[k] &= ~__byte_perm(unequal(where.at[k * EACH / 4], mine), 0, selector);
    }
    return pack;
  }
}

// Reads dy and positions, writes dx.
template <class T, int N>
DEVICE void maximumBackward(const T* dy, const uint8* positions, T* dx, const Extents& s, const Window& window) {
  gatherWindows<T, N>(dx, s, window, [&](float (&sum)[N], const Place& at, int i, int j, int64 from) {
    int mine = (at.row - window.start(i)) * window.kernel + at.column - window.start(j);
    Pack<T, N> in = only(load<T, N>(dy + from), positions + from, mine);
    for (int e = 0; e < N; e++) {
      sum[e] += widen(in.at[e]);
    }
  });
}

// ---- A stage of a chain of residual pooling: next = factor * maximum(top), sum = base + next.

// Reads top and base and writes next and sum, each once: as ops one by one, a stage would move seven maps. What lies
// between the stages is float32, for sums may cancel. `base` may be `sum`, for each thread reads what it writes; `next` is
// null in the last stage.
template <class From, class To, int N>
DEVICE void link(const float (&largest)[N], const From* base, const float* factor, float* next, To* sum, int64 target) {
  Pack<From, N> old = load<From, N>(base + target);
  float top[N];
  float total[N];
  for (int e = 0; e < N; e++) {
    top[e] = largest[e] * factor[e];
    total[e] = widen(old.at[e]) + top[e];
  }
  if (next) {
    storeNarrow(next + target, top);
  }
  storeNarrow(sum + target, total);
}

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
        best[e] = larger(widen(in.at[e]), best[e]);
      }
    }
  }
  int64 target = offset(at.image, at.row, at.column, at.channel, s.outHeight, s.outWidth, s.channels);
  link(best, base, factor + at.channel, next, sum, target);
}

template <class From, class To, int N>
DEVICE void chain5x5(const From* top, const From* base, const float* factor, float* next, To* sum, const Extents& s) {
  eachWinner<N, false>(top, s, [&](int64 target, int channel, const Winner<N, false>& best) {
    link(best.value, base, factor + channel, next, sum, target);
  });
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

#define EXTENTS_PARAMETERS int inHeight, int inWidth, int outHeight, int outWidth, int channels
#define EXTENTS \
  Extents { inHeight, inWidth, outHeight, outWidth, channels }
#define SHAPE_PARAMETERS EXTENTS_PARAMETERS, int kernel, int stride, int pad
#define SHAPE \
  EXTENTS, Window { kernel, stride, pad }

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

#define CHAIN_5X5_ENTRY(SUFFIX, From, To, N)                                                            \
  ENTRY chain_5x5_##SUFFIX(const From* top, const From* base, const float* factor, float* next,         \
                           To* sum, EXTENTS_PARAMETERS) {                                               \
    chain5x5<From, To, N>(top, base, factor, next, sum, EXTENTS);                                       \
  }

#define BY_TWO_TYPES(ENTRY_OF, PREFIX, N)          \
  ENTRY_OF(PREFIX##f32_f32, float, float, N)       \
  ENTRY_OF(PREFIX##f32_bf16, float, bfloat16, N)   \
  ENTRY_OF(PREFIX##bf16_f32, bfloat16, float, N)   \
  ENTRY_OF(PREFIX##bf16_bf16, bfloat16, bfloat16, N)

BY_TWO_TYPES(CHAIN_ENTRY, , PACK<float>)
BY_TWO_TYPES(CHAIN_ENTRY, single_, 1)
BY_TWO_TYPES(CHAIN_5X5_ENTRY, , PACK<float>)

#define MAXIMUM_5X5_ENTRY(SUFFIX, T)                                                        \
  ENTRY maximum_5x5_##SUFFIX(const T* x, T* y, uint8* positions, EXTENTS_PARAMETERS) {      \
    maximum5x5<T, PACK<float>>(x, y, positions, EXTENTS);                                   \
  }

MAXIMUM_5X5_ENTRY(f32, float)
MAXIMUM_5X5_ENTRY(bf16, bfloat16)
