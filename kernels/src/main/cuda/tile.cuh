// A tile of a matrix product, with our own arithmetic: float32 sums of float32 products, no tensor cores.
//
// A block of 256 threads makes TILE x TILE elements of the result. It walks along the depth in steps: both factors'
// parts of a step lie in shared memory, depth outermost, so that a thread finds the 4 + 4 numbers for its 16 products
// in two 16-byte reads. The next step is on its way from memory to registers meanwhile, and goes to the other half of
// the shared memory, which leaves one barrier to a step. Each element is summed by one thread, from first to last.
//
// Where the numbers come from is the operand's business. An operand is positioned on the lines (rows of the left
// factor, columns of the right one) that the thread brings in, and called with a depth it gives the four numbers that
// are neighbours in memory: along the depth of one line, or along four lines at one depth. What lies outside is zero.
#pragma once
#include "common.cuh"

constexpr int TILE = 64;
constexpr int STEP = 16;

using Four = Pack<float, 4>;

// The first `left` of four neighbours; packed says that they lie so that all of them or none are there, aligned.
template <bool NARROW, class T>
DEVICE Four readFour(const T* from, int left, bool packed) {
  Four four = {};
  if (packed) {
    if (left > 0) {
      Pack<T, 4> pack = load<T, 4>(from);
      for (int k = 0; k < 4; k++) {
        four.at[k] = factor<NARROW>(pack.at[k]);
      }
    }
  } else {
    for (int k = 0; k < 4; k++) {
      four.at[k] = k < left ? factor<NARROW>(from[k]) : 0.0f;
    }
  }
  return four;
}

template <class T>
DEVICE void writeFour(T* to, const Four& four, int left, bool packed) {
  if (packed) {
    if (left > 0) {
      Pack<T, 4> pack;
      for (int k = 0; k < 4; k++) {
        pack.at[k] = narrow<T>(four.at[k]);
      }
      store(to, pack);
    }
  } else {
    for (int k = 0; k < 4 && k < left; k++) {
      to[k] = narrow<T>(four.at[k]);
    }
  }
}

// ---- Who does what.

// What a thread brings in of a step: four depths of one line, or one depth of four lines. Either way neighbouring
// threads read what lies side by side in memory.
struct Place {
  int line;
  int depth;
};

DEVICE Place placeOf(bool alongDepth) {
  int t = threadIdx.x;
  return alongDepth ? Place{t / (STEP / 4), t % (STEP / 4) * 4} : Place{t % (TILE / 4) * 4, t / (TILE / 4)};
}

// The block's tile. Those of one row of tiles are neighbours: the left factor, which is the larger one where images
// are in it, is read once from memory.
struct TileAt {
  int batch;
  int row;
  int column;
};

DEVICE int tilesOf(int extent) { return (extent + TILE - 1) / TILE; }

DEVICE TileAt tileOf(int block, int rows, int columns) {
  int across = tilesOf(columns);
  int down = tilesOf(rows);
  int row = block / across;
  return TileAt{row / down, row % down * TILE, block % across * TILE};
}

// The thread's 4 x 4 elements of the tile.
DEVICE int rowInTile() { return threadIdx.x / (TILE / 4) * 4; }

DEVICE int columnInTile() { return threadIdx.x % (TILE / 4) * 4; }

// ---- The product.

// Four more than the tile is wide: what is brought in along the depth is written down a column, in fewer conflicts.
struct alignas(16) Staged {
  float at[STEP][TILE + 4];
};

DEVICE void stage(Staged& staged, const Four& four, bool alongDepth) {
  Place place = placeOf(alongDepth);
  if (alongDepth) {
    for (int k = 0; k < 4; k++) {
      staged.at[place.depth + k][place.line] = four.at[k];
    }
  } else {
    reinterpret_cast<Four&>(staged.at[place.depth][place.line]) = four;
  }
}

// Adds the products of depths [from, to), of which there are whole steps but for the last. All threads must call it,
// once in a kernel.
template <class Left, class Right>
DEVICE void multiply(const Left& left, const Right& right, int from, int to, float (&sum)[4][4]) {
  __shared__ Staged lefts[2];
  __shared__ Staged rights[2];
  int leftDepth = placeOf(left.alongDepth).depth;
  int rightDepth = placeOf(right.alongDepth).depth;
  stage(lefts[0], left(from + leftDepth), left.alongDepth);
  stage(rights[0], right(from + rightDepth), right.alongDepth);
  int now = 0;
  for (int depth = from; depth < to; depth += STEP) {
    __syncthreads();
    bool more = depth + STEP < to;
    Four nextLeft = {};
    Four nextRight = {};
    if (more) {
      nextLeft = left(depth + STEP + leftDepth);
      nextRight = right(depth + STEP + rightDepth);
    }
    for (int k = 0; k < STEP; k++) {
      Four a = load<float, 4>(&lefts[now].at[k][rowInTile()]);
      Four b = load<float, 4>(&rights[now].at[k][columnInTile()]);
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          sum[i][j] += a.at[i] * b.at[j];
        }
      }
    }
    now = 1 - now;
    if (more) {
      stage(lefts[now], nextLeft, left.alongDepth);
      stage(rights[now], nextRight, right.alongDepth);
    }
  }
}

// ---- The plain operand: a matrix in memory.

template <bool NARROW, class T>
struct Matrix {
  const T* at;  // the thread's lines at depth 0
  int64 pitch;  // from a line to the next, or from a depth to the next
  int lines;    // from the thread's first one on
  int depths;
  bool alongDepth;
  bool packed;

  // alongDepth: lines are rows in memory, `pitch` apart; else depths are.
  DEVICE Matrix(const T* matrix, int64 pitch, int firstLine, int allLines, int depths, bool alongDepth, bool packed)
      : pitch(pitch), depths(depths), alongDepth(alongDepth), packed(packed) {
    int line = firstLine + placeOf(alongDepth).line;
    at = matrix + (alongDepth ? line * pitch : line);
    lines = allLines - line;
  }

  DEVICE Four operator()(int depth) const {
    if (alongDepth) {
      return readFour<NARROW>(at + depth, lines > 0 ? depths - depth : 0, packed);
    }
    return readFour<NARROW>(at + depth * pitch, depth < depths ? lines : 0, packed);
  }
};
