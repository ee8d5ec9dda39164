// How the threads of a grid share slabs [length, inner] when what is wanted belongs to the columns: a thread has a pack
// of neighbouring columns and walks down the rows, so that neighbouring threads read neighbouring packs and what a
// column needs stays in registers.
#pragma once

#include "common.cuh"

constexpr int BLOCK = 256;

// Rows that are no whole number of packs are taken `group` at a time as one wide row. A block has `packs` of the
// `across * packs` packs of a wide row, and `chunkRows` wide rows of one of the `chunks` that a slab is cut into. A
// pack is one element unless `packed`.
struct Columns {
  int64 length;
  int64 inner;
  int64 chunkRows;
  int chunks;
  int group;
  int across;
  int packs;
  int packed;
};

// The part of one thread. `lanes` threads of a block share the columns [column, column + width) of the wide rows of a
// chunk; this one has those from `own` on, begins with element `first` of its slab and takes `rows` wide rows, `step`
// elements apart.
template <int N>
struct Walk {
  int64 slab;
  int64 chunk;
  int64 wideRows;
  int64 column;
  int width;
  int lanes;
  int64 own;
  int64 first;
  int64 rows;
  int64 step;

  DEVICE explicit Walk(const Columns& shape) {
    slab = blockIdx.x / shape.across / shape.chunks;
    chunk = blockIdx.x / shape.across % shape.chunks;
    wideRows = shape.length / shape.group;
    int64 wide = shape.group * shape.inner;
    column = blockIdx.x % shape.across * static_cast<int64>(shape.packs) * N;
    width = wide - column < shape.packs * N ? static_cast<int>(wide - column) : shape.packs * N;
    lanes = BLOCK / (width / N);
    int lane = threadIdx.x / (width / N);
    int64 begin = chunk * shape.chunkRows;
    int64 end = begin + shape.chunkRows < wideRows ? begin + shape.chunkRows : wideRows;
    own = column + threadIdx.x % (width / N) * N;
    first = (begin + lane) * wide + own;
    rows = lane < lanes && begin + lane < end ? (end - begin - lane + lanes - 1) / lanes : 0;
    step = lanes * wide;
  }
};

template <int COUNT>
struct Rows {
  static constexpr int count = COUNT;
};

// f(Rows<k>(), i) for the next k packs of a walk, the first being at element i: MOST as long as there are so many.
template <int MOST, int N, class F>
DEVICE void eachRun(const Walk<N>& walk, F f) {
  int64 i = walk.first;
  int64 left = walk.rows;
  for (; left >= MOST; left -= MOST) {
    f(Rows<MOST>(), i);
    i += MOST * walk.step;
  }
  for (; left > 0; left--) {
    f(Rows<1>(), i);
    i += walk.step;
  }
}

// The next ROWS packs.
template <int ROWS, class T, int N>
DEVICE void loadRun(const T* from, int64 step, Pack<T, N> (&to)[ROWS]) {
  for (int k = 0; k < ROWS; k++) {
    to[k] = load<T, N>(from + k * step);
  }
}

struct Plus {
  template <class V>
  static DEVICE V combine(V a, V b) {
    return a + b;
  }
};

// What the lanes of a block have found, folded by halves into the first walk.width of the BLOCK * N elements of
// `folded` in shared memory; all threads of the block must call it. Thread i leaves columns [i N, i N + N) of `lanes`
// rows of `width` columns.
template <class Fold, class Total, int N>
DEVICE void foldLanes(const Walk<N>& walk, const Total (&found)[N], Total* folded) {
  for (int e = 0; e < N; e++) {
    folded[threadIdx.x * N + e] = found[e];
  }
  __syncthreads();
  for (int left = walk.lanes; left > 1;) {
    int half = (left + 1) / 2;
    for (int i = threadIdx.x; i < (left - half) * walk.width; i += BLOCK) {
      folded[i] = Fold::combine(folded[i], folded[i + half * walk.width]);
    }
    left = half;
    __syncthreads();
  }
}
