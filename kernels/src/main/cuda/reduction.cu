// Reductions along axes, and what is done with whole rows: argmax, softmax, unit vectors.
//
// All are bound by memory: the input is read once, in packs of 16 bytes that neighbouring threads take side by side,
// whatever the shape. A reduced axis makes x an array [outer, length, inner] that becomes [outer, inner]. Where a slab
// [length, inner] is small, a block takes many of them through shared memory; else many threads, and blocks if there
// are too few results to keep the device busy, share a slab, and what they found is folded by another launch.
//
// Which thread adds what depends on the shape and the device alone, so the same numbers give the same bytes.
#include "columns.cuh"

// Elements of a tile in shared memory: 8 KB, so that several blocks have their loads under way at once.
template <class T>
constexpr int TILE = 8192 / sizeof(T);

// Packs that a thread has under way, and values it adds in float32 before the sum goes on in float64.
constexpr int RUN = 4;

DEVICE double widen(double x) { return x; }

// ---- Ways of combining two values, and the type that holds many.

struct Sum : Plus {
  typedef double Total;

  static DEVICE double start() { return 0; }

  static DEVICE double finish(double total, double divisor) { return total / divisor; }
};

struct Largest {
  typedef float Total;

  static DEVICE float start() { return __uint_as_float(0xff800000u); }

  template <class V>
  static DEVICE V combine(V a, V b) {
    return larger(a, b);
  }

  static DEVICE float finish(float total, double) { return total; }
};

struct Smallest {
  typedef float Total;

  static DEVICE float start() { return __uint_as_float(0x7f800000u); }

  template <class V>
  static DEVICE V combine(V a, V b) {
    return smaller(a, b);
  }

  static DEVICE float finish(float total, double) { return total; }
};

// ---- Teams: the threads that share a row. What all of them hold is combined, and each of them gets it.

// How many neighbouring elements f is given at a time.
template <int COUNT>
struct Width {
  static constexpr int count = COUNT;
};

// `count` neighbouring lanes of a warp, a power of two, on a row in shared memory.
struct Lanes {
  int count;

  DEVICE int rank() const { return threadIdx.x % count; }

  // f(Width<n>(), i) for each n elements of a row from the i-th on.
  template <class T, class F>
  DEVICE void each(const T*, int columns, F f) const {
    for (int i = rank(); i < columns; i += count) {
      f(Width<1>(), i);
    }
  }

  template <class Fold, class V>
  DEVICE V all(Fold, V value) const {
    for (int distance = count / 2; distance > 0; distance /= 2) {
      value = Fold::combine(value, __shfl_xor_sync(ALL_LANES, value, distance));
    }
    return value;
  }
};

// A row in memory, by `count` threads of which this is number `rank`: packs where they lie on 16 bytes, for rows need not
// begin there, and single elements before the first and behind the last pack. What f writes lies like the row.
template <class T, class F>
DEVICE void eachPack(const T* row, int columns, int rank, int count, F f) {
  constexpr int N = PACK<T>;
  int before = static_cast<int>(-reinterpret_cast<uint64>(row) % 16 / sizeof(T));
  int head = min(before, columns);
  int packs = (columns - head) / N;
  int tail = head + packs * N;
  if (rank < head) {
    f(Width<1>(), rank);
  }
  for (int i = rank; i < packs; i += count) {
    f(Width<N>(), head + i * N);
  }
  if (rank < columns - tail) {
    f(Width<1>(), tail + rank);
  }
}

// A warp on a row in memory: nobody waits for another warp.
struct Warp {
  template <class T, class F>
  DEVICE void each(const T* row, int columns, F f) const {
    eachPack(row, columns, threadIdx.x % WARP, WARP, f);
  }

  template <class Fold, class V>
  DEVICE V all(Fold fold, V value) const {
    return Lanes{WARP}.all(fold, value);
  }
};

// A block on a row in memory.
struct WholeBlock {
  template <class T, class F>
  DEVICE void each(const T* row, int columns, F f) const {
    eachPack(row, columns, threadIdx.x, BLOCK, f);
  }

  template <class Fold, class V>
  DEVICE V all(Fold fold, V value) const {
    __shared__ V partial[BLOCK / WARP];
    value = Lanes{WARP}.all(fold, value);
    __syncthreads();  // the last call's values have been read
    if (threadIdx.x % WARP == 0) {
      partial[threadIdx.x / WARP] = value;
    }
    __syncthreads();
    V total = partial[0];
    for (int warp = 1; warp < BLOCK / WARP; warp++) {
      total = Fold::combine(total, partial[warp]);
    }
    return total;
  }
};

// ---- Tiles: a block moves n neighbouring elements, which begin on 16 bytes on both sides.

template <class T>
DEVICE void move(const T* from, T* to, int n) {
  constexpr int N = PACK<T>;
  for (int i = threadIdx.x * N; i + N <= n; i += BLOCK * N) {
    store(to + i, load(from + i));
  }
  for (int i = n / N * N + threadIdx.x; i < n; i += BLOCK) {
    to[i] = from[i];
  }
}

// The rows of a tile by turns: f gets a row and whether there is one, and is entered by all lanes alike.
template <class F>
DEVICE void eachRow(Lanes team, int rows, F f) {
  int atOnce = BLOCK / team.count;
  for (int first = 0; first < rows; first += atOnce) {
    int row = first + static_cast<int>(threadIdx.x) / team.count;
    f(row, row < rows);
  }
}

// ---- Small slabs: each result is folded by a few lanes out of shared memory.

// `perBlock` slabs at a time, a multiple of a pack, so that tiles begin on 16 bytes.
template <class Fold, class In, class Out>
DEVICE void foldSlabs(const In* x, Out* y, int64 slabs, int length, int inner, int perBlock, Lanes team,
                      double divisor) {
  alignas(16) __shared__ In tile[TILE<In>];
  int size = length * inner;
  int64 first = blockIdx.x * static_cast<int64>(perBlock);
  int count = slabs - first < perBlock ? static_cast<int>(slabs - first) : perBlock;
  move(x + first * size, tile, count * size);
  __syncthreads();
  eachRow(team, count * inner, [&](int result, bool there) {
    decltype(widen(In())) run = static_cast<decltype(run)>(Fold::start());
    if (there) {
      const In* column = tile + result / inner * size + result % inner;
      for (int i = team.rank(); i < length; i += team.count) {
        run = Fold::combine(run, widen(column[i * inner]));
      }
    }
    typename Fold::Total total = team.all(Fold(), static_cast<typename Fold::Total>(run));
    if (there && team.rank() == 0) {
      y[first * inner + result] = static_cast<Out>(Fold::finish(total, divisor));
    }
  });
}

// ---- Large slabs: threads walk down the columns, and the columns of a wide row are folded together in the end. y is
// [outer, chunks, inner].

template <class Fold, class In, int N>
DEVICE void foldWalk(const In* x, const Walk<N>& walk, typename Fold::Total (&total)[N]) {
  for (int e = 0; e < N; e++) {
    total[e] = Fold::start();
  }
  eachRun<RUN>(walk, [&](auto run, int64 at) {
    constexpr int ROWS = decltype(run)::count;
    Pack<In, N> in[ROWS];
    loadRun(x + at, walk.step, in);
    for (int e = 0; e < N; e++) {
      auto value = widen(in[0].at[e]);
      for (int k = 1; k < ROWS; k++) {
        value = Fold::combine(value, widen(in[k].at[e]));
      }
      total[e] = Fold::combine(total[e], static_cast<typename Fold::Total>(value));
    }
  });
}

template <class Fold, class In, class Out, int N>
DEVICE void foldColumns(const In* x, Out* y, const Columns& shape, double divisor, typename Fold::Total* partial) {
  typedef typename Fold::Total Total;
  Walk<N> walk(shape);
  x += walk.slab * shape.length * shape.inner;
  Total total[N];
  foldWalk<Fold>(x, walk, total);
  foldLanes<Fold>(walk, total, partial);

  int results = walk.width / shape.group;
  for (int i = threadIdx.x; i < results; i += BLOCK) {
    Total result = partial[i];
    for (int g = 1; g < shape.group; g++) {
      result = Fold::combine(result, partial[g * results + i]);
    }
    if (walk.chunk == shape.chunks - 1) {
      // Rows behind the last whole group.
      for (int64 row = walk.wideRows * shape.group; row < shape.length; row++) {
        result = Fold::combine(result, static_cast<Total>(widen(x[row * shape.inner + i])));
      }
    }
    int64 at = (walk.slab * shape.chunks + walk.chunk) * shape.inner + walk.column + i;
    y[at] = static_cast<Out>(Fold::finish(result, divisor));
  }
}

// Must move sizeof(IN) bytes for each element of x and sizeof(OUT) for each result; partial ones are few.
#define FOLD_ENTRIES(NAME, FOLD, IN, OUT, SUFFIX)                                                                     \
  ENTRY NAME##_slabs_##SUFFIX(const IN* x, OUT* y, int64 slabs, int length, int inner, int perBlock, int lanes,       \
                              double divisor) {                                                                       \
    foldSlabs<FOLD>(x, y, slabs, length, inner, perBlock, Lanes{lanes}, divisor);                                     \
  }                                                                                                                   \
  ENTRY NAME##_columns_##SUFFIX(const IN* x, OUT* y, Columns shape, double divisor) {                                 \
    __shared__ FOLD::Total partial[BLOCK * PACK<IN>];                                                                 \
    if (shape.packed) {                                                                                               \
      foldColumns<FOLD, IN, OUT, PACK<IN>>(x, y, shape, divisor, partial);                                            \
    } else {                                                                                                          \
      foldColumns<FOLD, IN, OUT, 1>(x, y, shape, divisor, partial);                                                   \
    }                                                                                                                 \
  }

FOLD_ENTRIES(sum, Sum, float, float, f32_f32)
FOLD_ENTRIES(sum, Sum, float, double, f32_f64)
FOLD_ENTRIES(sum, Sum, bfloat16, float, bf16_f32)
FOLD_ENTRIES(sum, Sum, bfloat16, double, bf16_f64)
FOLD_ENTRIES(sum, Sum, double, float, f64_f32)
FOLD_ENTRIES(sum, Sum, double, double, f64_f64)
FOLD_ENTRIES(max, Largest, float, float, f32_f32)
FOLD_ENTRIES(max, Largest, bfloat16, float, bf16_f32)
FOLD_ENTRIES(min, Smallest, float, float, f32_f32)
FOLD_ENTRIES(min, Smallest, bfloat16, float, bf16_f32)

// ---- Rows, each by a team; y may be x. Exponentials are computed twice rather than kept: there is time for that. Rows in
// memory are read more than once too, but from the cache.

// f(i, x[i]) for each element of this thread.
template <class Team, class T, class F>
DEVICE void eachOf(Team team, const T* x, int columns, F f) {
  team.each(x, columns, [&](auto width, int i) {
    constexpr int N = decltype(width)::count;
    Pack<T, N> values = load<T, N>(x + i);
    for (int e = 0; e < N; e++) {
      f(i + e, widen(values.at[e]));
    }
  });
}

// y = f(x), for each element of this thread.
template <class Team, class T, class F>
DEVICE void map(Team team, const T* x, T* y, int columns, F f) {
  team.each(x, columns, [&](auto width, int i) {
    constexpr int N = decltype(width)::count;
    Pack<T, N> values = load<T, N>(x + i);
    for (int e = 0; e < N; e++) {
      values.at[e] = narrow<T>(f(widen(values.at[e])));
    }
    store(y + i, values);
  });
}

template <class Team, class T>
DEVICE void softmax(Team team, const T* x, T* y, int columns) {
  float most = Largest::start();
  eachOf(team, x, columns, [&](int, float value) { most = larger(most, value); });
  most = team.all(Largest(), most);
  float sum = 0;
  eachOf(team, x, columns, [&](int, float value) { sum += expf(value - most); });
  sum = team.all(Sum(), sum);
  map(team, x, y, columns, [=](float value) { return expf(value - most) / sum; });
}

// dx = y (dy - sum(dy y)); dx may be dy.
template <class Team, class T>
DEVICE void softmaxBackward(Team team, const T* dy, const T* y, T* dx, int columns) {
  float dot = 0;
  team.each(y, columns, [&](auto width, int i) {
    constexpr int N = decltype(width)::count;
    Pack<T, N> slopes = load<T, N>(dy + i);
    Pack<T, N> values = load<T, N>(y + i);
    for (int e = 0; e < N; e++) {
      dot += widen(slopes.at[e]) * widen(values.at[e]);
    }
  });
  dot = team.all(Sum(), dot);
  team.each(y, columns, [&](auto width, int i) {
    constexpr int N = decltype(width)::count;
    Pack<T, N> slopes = load<T, N>(dy + i);
    Pack<T, N> values = load<T, N>(y + i);
    for (int e = 0; e < N; e++) {
      slopes.at[e] = narrow<T>(widen(values.at[e]) * (widen(slopes.at[e]) - dot));
    }
    store(dx + i, slopes);
  });
}

// A power of two that brings numbers up to `most` to about 1: their squares neither overflow nor vanish.
DEVICE float powerToOne(float most) {
  uint32 exponent = __float_as_uint(most) >> 23;
  return __uint_as_float((254 - min(exponent, 253u)) << 23);
}

// y = x / |x|; zeros stay zeros.
template <class Team, class T>
DEVICE void unitVector(Team team, const T* x, T* y, int columns) {
  float most = 0;
  eachOf(team, x, columns, [&](int, float value) { most = larger(most, fabsf(value)); });
  float scale = powerToOne(team.all(Largest(), most));
  float squares = 0;
  eachOf(team, x, columns, [&](int, float value) { squares += value * scale * (value * scale); });
  float length = sqrtf(team.all(Sum(), squares));
  map(team, x, y, columns, [=](float value) { return length == 0 ? 0.0f : value * scale / length; });
}

// Value and place in one number: the larger value is the larger number, of equal ones that of the first place, and a
// NaN is larger than all. Adding 0 makes -0 a 0.
DEVICE uint64 rankOf(float value, int place) {
  uint32 bits = __float_as_uint(value + 0.0f);
  uint32 rank = value != value ? 0xffffffffu : (bits >> 31 ? ~bits : bits | 0x80000000u);
  return static_cast<uint64>(rank) << 32 | (0xffffffffu - place);
}

template <class Team, class T>
DEVICE int argmax(Team team, const T* x, int columns) {
  uint64 best = 0;
  eachOf(team, x, columns, [&](int i, float value) { best = larger(best, rankOf(value, i)); });
  best = team.all(Largest(), best);
  return static_cast<int>(0xffffffffu - static_cast<uint32>(best));
}

// The rows of block b: `perBlock` of them, a multiple of a pack, so that tiles begin on 16 bytes.
struct RowTile {
  int64 first;
  int rows;

  DEVICE RowTile(int64 allRows, int perBlock) : first(blockIdx.x * static_cast<int64>(perBlock)) {
    rows = allRows - first < perBlock ? static_cast<int>(allRows - first) : perBlock;
  }
};

// Short rows go through shared memory; f makes of a row of the tile another in its place.
template <class T, class F>
DEVICE void mapRows(const T* x, T* y, int64 rows, int columns, int perBlock, Lanes team, F f) {
  alignas(16) __shared__ T tile[TILE<T>];
  RowTile part(rows, perBlock);
  move(x + part.first * columns, tile, part.rows * columns);
  __syncthreads();
  eachRow(team, part.rows, [&](int row, bool there) { f(row, tile + row * columns, there ? columns : 0); });
  __syncthreads();
  move(tile, y + part.first * columns, part.rows * columns);
}

// f(row) for the row of each warp.
template <class F>
DEVICE void rowOfWarp(int64 rows, F f) {
  int64 row = globalThread() / WARP;
  if (row < rows) {
    f(row);
  }
}

// NAME takes short rows; of long ones, NAME_many has a warp for each, and NAME_long a block, where there are few or they
// are very long. Must move 2 sizeof(T) rows columns bytes.
#define ROW_ENTRIES(NAME, F, T, SUFFIX)                                                                               \
  ENTRY NAME##_##SUFFIX(const T* x, T* y, int64 rows, int columns, int perBlock, int lanes) {                         \
    Lanes team{lanes};                                                                                                \
    mapRows(x, y, rows, columns, perBlock, team, [=](int, T* at, int n) { F(team, at, at, n); });                     \
  }                                                                                                                   \
  ENTRY NAME##_many_##SUFFIX(const T* x, T* y, int64 rows, int columns) {                                             \
    rowOfWarp(rows, [=](int64 row) { F(Warp(), x + row * columns, y + row * columns, columns); });                    \
  }                                                                                                                   \
  ENTRY NAME##_long_##SUFFIX(const T* x, T* y, int columns) {                                                         \
    int64 at = static_cast<int64>(blockIdx.x) * columns;                                                              \
    F(WholeBlock(), x + at, y + at, columns);                                                                         \
  }

// The gradient of softmax must move 3 sizeof(T) rows columns bytes, argmax sizeof(T) rows columns + 4 rows.
#define ENTRIES(T, SUFFIX)                                                                                            \
  ROW_ENTRIES(softmax, softmax, T, SUFFIX)                                                                            \
  ROW_ENTRIES(unit_vectors, unitVector, T, SUFFIX)                                                                    \
  ENTRY softmax_backward_##SUFFIX(const T* dy, const T* y, T* dx, int64 rows, int columns, int perBlock, int lanes) { \
    alignas(16) __shared__ T outputs[TILE<T>];                                                                        \
    Lanes team{lanes};                                                                                                \
    RowTile part(rows, perBlock);                                                                                     \
    move(y + part.first * columns, outputs, part.rows * columns);                                                     \
    const T* output = outputs;                                                                                        \
    mapRows(dy, dx, rows, columns, perBlock, team, [=](int row, T* at, int n) {                                       \
      softmaxBackward(team, at, output + row * columns, at, n);                                                       \
    });                                                                                                               \
  }                                                                                                                   \
  ENTRY softmax_backward_many_##SUFFIX(const T* dy, const T* y, T* dx, int64 rows, int columns) {                     \
    rowOfWarp(rows, [=](int64 row) {                                                                                  \
      int64 at = row * columns;                                                                                       \
      softmaxBackward(Warp(), dy + at, y + at, dx + at, columns);                                                     \
    });                                                                                                               \
  }                                                                                                                   \
  ENTRY softmax_backward_long_##SUFFIX(const T* dy, const T* y, T* dx, int columns) {                                 \
    int64 at = static_cast<int64>(blockIdx.x) * columns;                                                              \
    softmaxBackward(WholeBlock(), dy + at, y + at, dx + at, columns);                                                 \
  }                                                                                                                   \
  ENTRY argmax_##SUFFIX(const T* x, int* y, int64 rows, int columns, int perBlock, int lanes) {                       \
    alignas(16) __shared__ T tile[TILE<T>];                                                                           \
    RowTile part(rows, perBlock);                                                                                     \
    move(x + part.first * columns, tile, part.rows * columns);                                                        \
    __syncthreads();                                                                                                  \
    eachRow(Lanes{lanes}, part.rows, [&](int row, bool there) {                                                       \
      int best = argmax(Lanes{lanes}, tile + row * columns, there ? columns : 0);                                     \
      if (there && threadIdx.x % lanes == 0) {                                                                        \
        y[part.first + row] = best;                                                                                   \
      }                                                                                                               \
    });                                                                                                               \
  }                                                                                                                   \
  ENTRY argmax_many_##SUFFIX(const T* x, int* y, int64 rows, int columns) {                                           \
    rowOfWarp(rows, [=](int64 row) {                                                                                  \
      int best = argmax(Warp(), x + row * columns, columns);                                                          \
      if (threadIdx.x % WARP == 0) {                                                                                  \
        y[row] = best;                                                                                                \
      }                                                                                                               \
    });                                                                                                               \
  }                                                                                                                   \
  ENTRY argmax_long_##SUFFIX(const T* x, int* y, int columns) {                                                       \
    int best = argmax(WholeBlock(), x + static_cast<int64>(blockIdx.x) * columns, columns);                           \
    if (threadIdx.x == 0) {                                                                                           \
      y[blockIdx.x] = best;                                                                                           \
    }                                                                                                                 \
  }

ENTRIES(float, f32)
ENTRIES(bfloat16, bf16)
