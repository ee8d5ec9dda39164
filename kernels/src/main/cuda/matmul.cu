// Matrix products, tile by tile (tile.cuh): float32 or bfloat16 factors and results, float32 sums.
//
// A block reads TILE rows of a and TILE columns of b whole, so that each factor moves once per tile of the other; it
// is bound by arithmetic where all extents are well over TILE, and by memory else.
#include "tile.cuh"

struct Product {
  int rows;
  int columns;
  int depth;
  int transposeA;
  int transposeB;
};

// y[rows, columns] = op(a) op(b), batch by batch; blocks = batches x tiles.
template <class A, class B, class Y>
DEVICE void multiplyMatrices(const A* a, const B* b, Y* y, const Product& p) {
  constexpr bool NARROW = sizeof(A) == 2 || sizeof(B) == 2;
  TileAt tile = tileOf(blockIdx.x, p.rows, p.columns);
  int64 batch = tile.batch;
  bool depthInA = p.transposeA == 0;
  bool depthInB = p.transposeB != 0;
  int pitchA = depthInA ? p.depth : p.rows;
  int pitchB = depthInB ? p.depth : p.columns;
  Matrix<NARROW, A> left(
      a + batch * p.rows * p.depth, pitchA, tile.row, p.rows, p.depth, depthInA, pitchA % 4 == 0);
  Matrix<NARROW, B> right(
      b + batch * p.columns * p.depth, pitchB, tile.column, p.columns, p.depth, depthInB, pitchB % 4 == 0);
  float sum[4][4] = {};
  multiply(left, right, 0, p.depth, sum);
  int column = tile.column + columnInTile();
  for (int i = 0; i < 4; i++) {
    int row = tile.row + rowInTile() + i;
    if (row < p.rows) {
      Four four = {{sum[i][0], sum[i][1], sum[i][2], sum[i][3]}};
      Y* to = y + (batch * p.rows + row) * p.columns + column;
      writeFour(to, four, p.columns - column, p.columns % 4 == 0);
    }
  }
}

// Must move both factors and the result once.
#define MULTIPLY_ENTRY(TO, Y, A, B, SUFFIX) \
  ENTRY multiply_to_##TO##_##SUFFIX(const A* a, const B* b, Y* y, Product p) { multiplyMatrices(a, b, y, p); }

MULTIPLY_ENTRY(f32, float, float, float, f32_f32)
MULTIPLY_ENTRY(f32, float, float, bfloat16, f32_bf16)
MULTIPLY_ENTRY(f32, float, bfloat16, float, bf16_f32)
MULTIPLY_ENTRY(f32, float, bfloat16, bfloat16, bf16_bf16)
MULTIPLY_ENTRY(bf16, bfloat16, float, bfloat16, f32_bf16)
MULTIPLY_ENTRY(bf16, bfloat16, bfloat16, float, bf16_f32)
MULTIPLY_ENTRY(bf16, bfloat16, bfloat16, bfloat16, bf16_bf16)
