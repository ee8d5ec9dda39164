// Moving and counting elements.
//
// What moves is bytes: a unit is the largest power of two, up to 16 bytes, that divides all lengths and places at hand,
// so there is a kernel for each size of unit and none for types. Everything is read once and written once. Neighbouring
// threads write neighbouring units; where another axis becomes the innermost one, squares are turned in shared memory,
// so that reads are neighbours too.
#include "common.cuh"

constexpr int BLOCK = 256;

typedef Pack<uint64, 2> Unit16;

// Units that a thread has under way.
constexpr int TURNS = 4;

// The quotient, and what is left of i. Division of 64 bits is several times slower, and rarely needed.
DEVICE int64 divide(int64& i, int64 by) {
  int64 quotient = (i | by) >> 32 == 0 ? static_cast<uint32>(i) / static_cast<uint32>(by) : i / by;
  i -= quotient * by;
  return quotient;
}

// Copies unit i of n from source(i), or writes zeros where that is null; a block takes BLOCK * TURNS units.
template <class U, class F>
DEVICE void gather(U* to, int64 toStride, int64 width, int64 n, F source) {
  int64 first = blockIdx.x * static_cast<int64>(BLOCK * TURNS) + threadIdx.x;
  U unit[TURNS] = {};
  int64 place[TURNS];
  for (int k = 0; k < TURNS; k++) {
    int64 i = first + k * BLOCK;
    if (i < n) {
      int64 column = i;
      int64 row = divide(column, width);
      const U* from = source(row, column);
      place[k] = row * toStride + column;
      unit[k] = from == nullptr ? U{} : *from;
    }
  }
  for (int k = 0; k < TURNS; k++) {
    if (first + k * BLOCK < n) {
      to[place[k]] = unit[k];
    }
  }
}

// ---- Concat, slice and its gradient: rows put together of parts of rows. A part that is null is zeros.

constexpr int MOST_PARTS = 64;

// Part p fills columns [start[p], start[p + 1]) of each row; its own rows are `stride` apart. All counts in units.
struct Parts {
  int count;
  int64 start[MOST_PARTS];
  int64 stride[MOST_PARTS];
  const void* at[MOST_PARTS];
};

template <class U>
DEVICE void assemble(const Parts& parts, U* y, int64 stride, int64 width, int64 rows) {
  gather(y, stride, width, rows * width, [&](int64 row, int64 column) -> const U* {
    int part = 0;
    while (part + 1 < parts.count && parts.start[part + 1] <= column) {
      part++;
    }
    const U* at = static_cast<const U*>(parts.at[part]);
    return at == nullptr ? at : at + row * parts.stride[part] + column - parts.start[part];
  });
}

// ---- Permute.

constexpr int MOST_DIMENSIONS = 8;

// Dimensions but the one or two that kernels walk themselves, innermost first, and how far a step of each goes.
struct Dimensions {
  int rank;
  int extent[MOST_DIMENSIONS];
  int64 from[MOST_DIMENSIONS];
  int64 to[MOST_DIMENSIONS];
};

// The innermost axis stays: rows move as they are. Strides in units.
template <class U>
DEVICE void permuteRows(const U* x, U* y, const Dimensions& outer, int64 width, int64 rows) {
  gather(y, width, width, rows * width, [&](int64 row, int64 column) {
    const U* from = x + column;
    for (int d = 0; d < outer.rank; d++) {
      int64 rest = row;
      row = divide(rest, outer.extent[d]);
      from += rest * outer.from[d];
    }
    return from;
  });
}

// Elements of a tile: with those of 1 and 2 bytes a side is longer, so that it makes whole cache lines.
template <class E>
constexpr int TILE = sizeof(E) < 4 ? 4096 : 1024;

// Tiles of `height` steps of the input's innermost dimension (j) times `breadth` of the output's (k), of extents J and K.
struct Tiles {
  int height;
  int breadth;
  int extentJ;
  int extentK;
  int64 fromK;
  int64 toJ;
};

// Rows of a tile in shared memory are of odd length, so that neither side meets a bank twice.
template <class E>
DEVICE void permuteTiles(const E* x, E* y, const Dimensions& outer, const Tiles& shape) {
  __shared__ E tile[TILE<E> + TILE<E> / 2];
  int pitch = shape.height | 1;
  int64 rest = blockIdx.x;
  int64 at = divide(rest, (shape.extentK + shape.breadth - 1) / shape.breadth);
  int k0 = static_cast<int>(rest) * shape.breadth;
  rest = at;
  at = divide(rest, (shape.extentJ + shape.height - 1) / shape.height);
  int j0 = static_cast<int>(rest) * shape.height;
  for (int d = 0; d < outer.rank; d++) {
    rest = at;
    at = divide(rest, outer.extent[d]);
    x += rest * outer.from[d];
    y += rest * outer.to[d];
  }
  x += k0 * shape.fromK + j0;
  y += j0 * shape.toJ + k0;
  int height = min(shape.height, shape.extentJ - j0);
  int breadth = min(shape.breadth, shape.extentK - k0);
  int size = shape.height * shape.breadth;
#pragma unroll 4
  for (int i = threadIdx.x; i < size; i += BLOCK) {
    int k = i / shape.height;
    int j = i - k * shape.height;
    if (k < breadth && j < height) {
      tile[k * pitch + j] = x[k * shape.fromK + j];
    }
  }
  __syncthreads();
#pragma unroll 4
  for (int i = threadIdx.x; i < size; i += BLOCK) {
    int j = i / shape.breadth;
    int k = i - j * shape.breadth;
    if (k < breadth && j < height) {
      y[j * shape.toJ + k] = tile[k * pitch + j];
    }
  }
}

// Must move what is written, and as much again to read it, but for zeros.
#define UNIT_ENTRIES(U, SUFFIX)                                                                                 \
  ENTRY assemble_##SUFFIX(Parts parts, U* y, int64 stride, int64 width, int64 rows) {                           \
    assemble(parts, y, stride, width, rows);                                                                    \
  }                                                                                                             \
  ENTRY permute_rows_##SUFFIX(const U* x, U* y, Dimensions outer, int64 width, int64 rows) {                    \
    permuteRows(x, y, outer, width, rows);                                                                      \
  }

// Must move x and as much again for y.
#define ELEMENT_ENTRY(E, SUFFIX)                                                                                \
  ENTRY permute_tiles_##SUFFIX(const E* x, E* y, Dimensions outer, int height, int breadth, int extentJ,        \
                               int extentK, int64 fromK, int64 toJ) {                                           \
    permuteTiles(x, y, outer, Tiles{height, breadth, extentJ, extentK, fromK, toJ});                            \
  }

UNIT_ENTRIES(uint8, 1)
UNIT_ENTRIES(uint16, 2)
UNIT_ENTRIES(uint32, 4)
UNIT_ENTRIES(uint64, 8)
UNIT_ENTRIES(Unit16, 16)
ELEMENT_ENTRY(uint8, 1)
ELEMENT_ENTRY(uint16, 2)
ELEMENT_ENTRY(uint32, 4)
ELEMENT_ENTRY(uint64, 8)

// ---- Confusion: counts[target][prediction]++.

// Up to this many classes are counted in shared memory first.
constexpr int FEW_CLASSES = 64;

// Neighbouring pixels mostly are of one class: equal pairs are counted by their thread before they are added.
struct Counter {
  int* counts;
  int cell;
  int found;

  DEVICE void flush() {
    if (found > 0) {
      atomicAdd(&counts[cell], found);
    }
  }

  DEVICE void add(int at) {
    if (at != cell) {
      flush();
      cell = at;
      found = 0;
    }
    found++;
  }
};

// Pairs with a value that is no class are reported and left out.
struct Confusion {
  int classes;
  int ignore;
  Fault* fault;
  int badPrediction;
  int badTarget;

  DEVICE bool isClass(int label) const { return static_cast<uint32>(label) < static_cast<uint32>(classes); }

  DEVICE void count(int prediction, int target, int64 place, Counter& counter) const {
    if (!isClass(prediction)) {
      report(fault, badPrediction, prediction, place);
    } else if (target != ignore) {
      if (isClass(target)) {
        counter.add(target * classes + prediction);
      } else {
        report(fault, badTarget, target, place);
      }
    }
  }
};

DEVICE void countPairs(const int* predictions, const int* targets, int64 n, const Confusion& confusion, int* counts) {
  constexpr int N = PACK<int>;
  Counter counter = {counts, 0, 0};
  for (int64 i = globalThread() * N; i < n; i += allThreads() * N) {
    if (i + N <= n) {
      Pack<int, N> prediction = load(predictions + i);
      Pack<int, N> target = load(targets + i);
      for (int k = 0; k < N; k++) {
        confusion.count(prediction.at[k], target.at[k], i + k, counter);
      }
    } else {
      for (int64 k = i; k < n; k++) {
        confusion.count(predictions[k], targets[k], k, counter);
      }
    }
  }
  counter.flush();
}

// Integers, so any order gives the same. Must move 8 n bytes.
ENTRY confusion(const int* predictions, const int* targets, int64 n, int* counts, int classes, int ignore, Fault* fault,
                int badPrediction, int badTarget) {
  __shared__ int local[FEW_CLASSES * FEW_CLASSES];
  Confusion confusion = {classes, ignore, fault, badPrediction, badTarget};
  if (classes > FEW_CLASSES) {
    countPairs(predictions, targets, n, confusion, counts);
    return;
  }
  for (int i = threadIdx.x; i < classes * classes; i += BLOCK) {
    local[i] = 0;
  }
  __syncthreads();
  countPairs(predictions, targets, n, confusion, local);
  __syncthreads();
  for (int i = threadIdx.x; i < classes * classes; i += BLOCK) {
    if (local[i] != 0) {
      atomicAdd(&counts[i], local[i]);
    }
  }
}
