// Losses on predictions [N,h,w,K] that are upsampled bilinearly to the size [N,H,W] of their labels. Neither the upsampled
// prediction nor its gradient is ever stored.
//
// Idea. A cell (i,j) is the set of fine pixels that are mixed of the coarse pixels (i,j), (i,j+1), (i+1,j), (i+1,j+1),
// its corners. What a fine pixel gives to the gradient depends on its cell's corners and a few numbers, its state: for the
// softmax its maximum and its sum. So a block takes a tile of coarse pixels and walks down its rows of cells:
//   look:    a thread per fine column finds the states of up to ROWS pixels of it, and their losses;
//   spread:  a thread per cell and channel makes the values again, from four corners in registers, and adds up the
//            gradients of the four corners over the cell's pixels, row by row;
//   fold:    a thread per coarse pixel and channel adds up what its four cells have for it, and writes it once.
// Each sum has one owner and a fixed order, that of the pixels, whatever the tiles are: no atomics, the same bytes always.
// The cells above and left of a tile are the neighbours' too and are made twice, but for their losses.
//
// Bytes that must move: the coarse prediction and its gradient once, labels twice (the pass that weighs them reads them
// too) or targets once and masks twice; reverse Huber reads predictions, targets and masks once more for the largest
// error. For K channels of type T cross-entropy so moves 2 sizeof(T) N h w K + 8 N H W bytes, the others
// 2 sizeof(T) N h w K + 4 N H W K and 2 N H W for a mask, reverse Huber (sizeof(T) h w + 4 H W) N K more.
// The overlap of tiles (about 1/height + 1/width of a tile) comes from the cache. With a large upsampling the
// arithmetic counts, about 25 instructions for each fine pixel and channel, two of them exponentials for the softmax. That
// is why the values are mixed along the columns first: the two ends of a column serve all of its ROWS pixels.
//
// Any sizes work. Where a tile's columns do not fit into a piece of COLUMNS, or a cell's rows into ROWS, pieces follow one
// another; downsampling leaves most cells empty.
#include "loss.cuh"

constexpr int ROWS = 4;       // fine rows of a piece
constexpr int COLUMNS = 128;  // fine columns of a piece, and threads of a block
constexpr int SUMS = 640;     // cells of a row times channels
constexpr int STAGED = 964;   // floats of a row of corners: no more are needed for SUMS and two cells

// ---- One axis, from `in` to `out` with half-pixel centres, in whole numbers: output o lies at (2o+1) in - out, counted
// in steps of 1 / (2 out) from the first input's centre.
struct Axis {
  int in, out;

  DEVICE int64 centre(int o) const { return (2ll * o + 1) * in - out; }

  // The cell of an output: the input before it.
  DEVICE int cell(int o) const {
    int64 at = centre(o);
    return at <= 0 ? 0 : static_cast<int>(min(at / (2ll * out), in - 1ll));
  }

  // The share of the input behind cell i; outputs before the first input and after the last have only one.
  DEVICE float share(int o, int i) const {
    int64 behind = centre(o) - 2ll * out * i;
    return behind <= 0 || i == in - 1 ? 0 : static_cast<float>(behind) / (2 * static_cast<float>(out));
  }

  // The first output of cell i.
  DEVICE int start(int i) const {
    if (i == 0) {
      return 0;
    }
    int64 twice = 2ll * in;
    return i == in ? out : static_cast<int>(((2ll * i + 1) * out - in + twice - 1) / twice);
  }
};

// How the work is divided; io.auxgrad.kernels.cuda.UpsampledTiling chooses it.
struct Tiling {
  Axis rows, columns;
  int images, channels;
  int height, width;  // coarse pixels of a tile
  int chunk;          // channels that a block writes; blockIdx.y counts them

  DEVICE int down() const { return (rows.in + height - 1) / height; }

  DEVICE int across() const { return (columns.in + width - 1) / width; }

  DEVICE int64 tiles() const { return static_cast<int64>(images) * down() * across(); }
};

DEVICE float mix(float a, float b, float share) { return a + share * (b - a); }

// Up to ROWS fine pixels of a column, which is mixed of the corners of its cell.
template <class V>
struct Column {
  const V *topLeft, *topRight, *bottomLeft, *bottomRight;
  float right;        // share of the right corners
  float below[ROWS];  // share of the lower corners
  int rows;           // of which there are
  int64 pixel;        // number of the first one
  int64 stride;       // from one to the next

  // f(r, value) for the value of channel k in each row.
  template <class F>
  DEVICE void values(int k, F f) const {
    float top = mix(widen(topLeft[k]), widen(topRight[k]), right);
    float bottom = mix(widen(bottomLeft[k]), widen(bottomRight[k]), right);
    for (int r = 0; r < ROWS; r++) {
      f(r, mix(top, bottom, below[r]));
    }
  }
};

// ---- The losses. `look` finds the states of a column's pixels and returns what they lose, `add` takes it to the rest;
// `slope` is the derivative of the loss by the value of channel k of a pixel.

struct Softmax {
  struct alignas(16) State {
    float most, share, factor;
    int label;
  };

  const int* labels;
  int ignore;
  const float* classWeights;
  int classes;
  float scale;

  DEVICE static double add(double sum, float losses) { return sum + losses; }

  template <class V>
  DEVICE float look(const Column<V>& column, State (&state)[ROWS]) const {
    float losses = 0;
    float own[ROWS], sum[ROWS];
    for (int r = 0; r < ROWS; r++) {
      state[r].label = r < column.rows ? labels[column.pixel + r * column.stride] : ignore;
      state[r].most = negativeInfinity();
      own[r] = 0;
      sum[r] = 0;
    }
    for (int k = 0; k < classes; k++) {
      column.values(k, [&](int r, float x) {
        state[r].most = fmaxf(state[r].most, x);
        own[r] = k == state[r].label ? x : own[r];
      });
    }
    for (int k = 0; k < classes; k++) {
      column.values(k, [&](int r, float x) { sum[r] += expOfNegative(x - state[r].most); });
    }
    for (int r = 0; r < ROWS; r++) {
      float weight = weightOf(state[r].label, classes, ignore, classWeights);
      losses += weight == 0 ? 0 : weight * (logf(sum[r]) + (state[r].most - own[r]));
      state[r].factor = weight * scale;
      state[r].share = state[r].factor / sum[r];
    }
    return losses;
  }

  DEVICE float slope(const State& state, float x, int k, int64) const {
    float slope = expOfNegative(x - state.most) * state.share - (k == state.label ? state.factor : 0);
    return state.factor == 0 ? 0 : slope;
  }
};

struct Direction {
  struct State {
    float outer, radial;  // 0 where it does not count
  };

  const float* target;
  const uint8* mask;
  int length;
  float scale;

  DEVICE static double add(double sum, float losses) { return sum + losses; }

  template <class V>
  DEVICE float look(const Column<V>& column, State (&state)[ROWS]) const {
    float losses = 0;
    float dot[ROWS] = {}, square[ROWS] = {};
    for (int k = 0; k < length; k++) {
      column.values(k, [&](int r, float x) {
        float t = r < column.rows ? target[(column.pixel + r * column.stride) * length + k] : 0;
        dot[r] += x * t;
        square[r] += x * x;
      });
    }
    for (int r = 0; r < ROWS; r++) {
      bool valid = r < column.rows && (mask == nullptr || mask[column.pixel + r * column.stride] != 0);
      Cosine cosine(dot[r], square[r]);
      losses += valid ? cosine.term : 0;
      state[r] = State{valid ? scale * cosine.outer : 0, valid ? cosine.radial : 0};
    }
    return losses;
  }

  DEVICE float slope(const State& state, float x, int k, int64 pixel) const {
    return state.outer == 0 ? 0 : state.outer * (state.radial * x - target[pixel * length + k]);
  }
};

// Errors of a regression, element by element.
struct Errors {
  struct State {};

  const float* target;
  const uint8* mask;
  int channels;

  // 0 where it is not valid.
  DEVICE float error(float x, int k, int64 pixel) const {
    int64 i = pixel * channels + k;
    return mask == nullptr || mask[i] != 0 ? x - target[i] : 0;
  }

  // f(error) for each of a column.
  template <class V, class F>
  DEVICE void forEach(const Column<V>& column, F f) const {
    for (int k = 0; k < channels; k++) {
      column.values(k, [&](int r, float x) {
        if (r < column.rows) {
          f(error(x, k, column.pixel + r * column.stride));
        }
      });
    }
  }
};

template <class P>
struct Regression : Errors {
  P penalty;
  float scale;

  DEVICE Regression(const Errors& errors, P penalty, float scale) : Errors(errors), penalty(penalty), scale(scale) {}

  DEVICE static double add(double sum, float losses) { return sum + losses; }

  template <class V>
  DEVICE float look(const Column<V>& column, State (&)[ROWS]) const {
    float losses = 0;
    forEach(column, [&](float e) { losses += penalty.value(e); });
    return losses;
  }

  DEVICE float slope(const State&, float x, int k, int64 pixel) const {
    return scale * penalty.slope(error(x, k, pixel));
  }
};

// Not a loss: the largest size of an error instead of a sum.
struct LargestError : Errors {
  DEVICE explicit LargestError(const Errors& errors) : Errors(errors) {}

  DEVICE static double add(double most, float here) { return larger(static_cast<float>(most), here); }

  template <class V>
  DEVICE float look(const Column<V>& column, State (&)[ROWS]) const {
    float most = 0;
    forEach(column, [&](float e) { most = larger(most, fabsf(e)); });
    return most;
  }

  DEVICE float slope(const State&, float, int, int64) const { return 0; }
};

// ---- The walk.

// The corners of a row of cells, as float32 in shared memory: consecutive coarse pixels an odd number of floats apart, so
// that threads of different cells meet different banks. Walking down, each row of the prediction is read once.
struct StagedCorners {
  float (*rows)[STAGED];
  int channels, first;

  using Value = float;

  DEVICE const float* at(int i, int j) const { return rows[i % 2] + (j - first) * (channels | 1); }

  // Coarse pixels [first, end) of row i; `row` is the image's.
  template <class T>
  DEVICE void stage(const T* row, int i, int end) const {
    int n = (end - first) * channels;
    for (int k = threadIdx.x; k < n; k += COLUMNS) {
      int pixel = k / channels;
      rows[i % 2][pixel * (channels | 1) + k - pixel * channels] = widen(row[first * static_cast<int64>(channels) + k]);
    }
  }
};

// The same where they lie, for more channels than fit.
template <class T>
struct CornersInPlace {
  const T* image;
  int channels, width;

  using Value = T;

  DEVICE const T* at(int i, int j) const { return image + (i * static_cast<int64>(width) + j) * channels; }

  DEVICE void stage(const T*, int, int) const {}
};

// Gradients of the four corners of a cell.
struct alignas(16) Corners {
  float topLeft, topRight, bottomLeft, bottomRight;
};

template <class L>
struct Shared {
  typename L::State state[ROWS][COLUMNS];
  float right[COLUMNS];   // of each column of the piece
  int cell[COLUMNS];
  float below[ROWS];      // of each row of the piece
  Corners sums[SUMS];     // cell by cell, channel by channel
  float carry[SUMS];      // what a row of cells has for the coarse pixels below
};

// A tile of one image on its way down.
template <class T, class L, class C>
struct Walk {
  const Tiling& tiling;
  const L& loss;
  const C& corners;
  Shared<L>& shared;
  const T* image;
  T* gradient;                 // of the image, or null
  int64 firstPixel;            // of the image among all fine ones
  int i0, i1, j0, j1, k0, k1;  // coarse rows, columns and channels to write
  int64 known = -1;            // the piece whose columns are known

  DEVICE int firstCell() const { return max(j0 - 1, 0); }

  DEVICE int cells() const { return j1 - firstCell(); }

  DEVICE int right(int j) const { return min(j + 1, tiling.columns.in - 1); }

  DEVICE int below(int i) const { return min(i + 1, tiling.rows.in - 1); }

  // Returns this thread's part of the loss.
  DEVICE double run() {
    double sum = 0;
    int first = gradient == nullptr ? i0 : max(i0 - 1, 0);
    stage(first);
    for (int i = first; i < i1; i++) {
      if (below(i) != i) {
        stage(i + 1);
      }
      cellRow(i, sum);
      if (gradient != nullptr) {
        fold(i, i == first);
      }
    }
    return sum;
  }

  DEVICE void stage(int i) const {
    corners.stage(image + i * static_cast<int64>(tiling.columns.in) * tiling.channels, i, right(j1 - 1) + 1);
  }

  DEVICE void cellRow(int i, double& sum) {
    int x0 = tiling.columns.start(firstCell());
    int x1 = tiling.columns.start(j1);
    int y0 = tiling.rows.start(i);
    int y1 = tiling.rows.start(i + 1);
    clearSums();
    for (int x = x0; x < x1; x += COLUMNS) {
      int width = min(COLUMNS, x1 - x);
      for (int y = y0; y < y1; y += ROWS) {
        int height = min(ROWS, y1 - y);
        place(x, width, y, i);
        __syncthreads();
        look(x, width, y, height, i, sum);
        if (gradient != nullptr) {
          __syncthreads();
          spread(x, width, y, height, i);
        }
        __syncthreads();
      }
    }
    __syncthreads();  // of a row without pixels too
  }

  DEVICE void clearSums() const {
    int n = cells() * (k1 - k0);
    for (int item = threadIdx.x; item < n; item += COLUMNS) {
      shared.sums[item] = Corners{0, 0, 0, 0};
    }
  }

  // Where the columns and rows of a piece lie within their cells.
  DEVICE void place(int x, int width, int y, int i) {
    int t = threadIdx.x;
    if (known != x && t < width) {
      int cell = tiling.columns.cell(x + t);
      shared.cell[t] = cell;
      shared.right[t] = tiling.columns.share(x + t, cell);
    }
    known = x;
    if (t < ROWS) {
      shared.below[t] = tiling.rows.share(y + t, i);
    }
  }

  DEVICE int64 pixel(int x, int y) const { return firstPixel + static_cast<int64>(y) * tiling.columns.out + x; }

  DEVICE void look(int x, int width, int y, int height, int i, double& sum) const {
    int t = threadIdx.x;
    if (t >= width) {
      return;
    }
    int j = shared.cell[t];
    bool owned = i >= i0 && j >= j0 && k0 == 0;
    if (!owned && gradient == nullptr) {
      return;
    }
    Column<typename C::Value> column{
        corners.at(i, j), corners.at(i, right(j)), corners.at(below(i), j), corners.at(below(i), right(j)),
        shared.right[t], {}, height, pixel(x + t, y), tiling.columns.out};
    for (int r = 0; r < ROWS; r++) {
      column.below[r] = shared.below[r];
    }
    typename L::State state[ROWS];
    float losses = loss.look(column, state);
    if (owned) {
      sum = L::add(sum, losses);
    }
    for (int r = 0; r < ROWS; r++) {
      shared.state[r][t] = state[r];
    }
  }

  DEVICE void spread(int x, int width, int y, int height, int i) const {
    int channels = k1 - k0;
    int n = cells() * channels;
    float below[ROWS];
    for (int r = 0; r < ROWS; r++) {
      below[r] = shared.below[r];
    }
    for (int item = threadIdx.x; item < n; item += COLUMNS) {
      int cell = item / channels;
      int j = firstCell() + cell;
      int k = k0 + item - cell * channels;
      int begin = max(tiling.columns.start(j) - x, 0);
      int end = min(tiling.columns.start(j + 1) - x, width);
      if (begin >= end) {
        continue;
      }
      float topLeft = widen(corners.at(i, j)[k]), topRight = widen(corners.at(i, right(j))[k]);
      float bottomLeft = widen(corners.at(this->below(i), j)[k]);
      float bottomRight = widen(corners.at(this->below(i), right(j))[k]);
      Corners sums = shared.sums[item];
      for (int t = begin; t < end; t++) {
        float share = shared.right[t];
        float top = mix(topLeft, topRight, share);
        float bottom = mix(bottomLeft, bottomRight, share);
        float all = 0;
        float lower = 0;
        for (int r = 0; r < ROWS; r++) {
          if (r < height) {
            float value = mix(top, bottom, below[r]);
            float slope = loss.slope(shared.state[r][t], value, k, pixel(x + t, y + r));
            all += slope;
            lower += below[r] * slope;
          }
        }
        float upper = all - lower;
        sums.topLeft += upper - share * upper;
        sums.topRight += share * upper;
        sums.bottomLeft += lower - share * lower;
        sums.bottomRight += share * lower;
      }
      shared.sums[item] = sums;
    }
  }

  // Writes the gradient of coarse row i, whose cells above and below are now known.
  DEVICE void fold(int i, bool isFirst) const {
    int channels = k1 - k0;
    int n = (j1 - j0) * channels;
    int own = (j0 - firstCell()) * channels;  // the first cell may be the neighbour's
    for (int item = threadIdx.x; item < n; item += COLUMNS) {
      int pixel = item / channels;
      const Corners& cell = shared.sums[own + item];
      float upper = cell.topLeft;
      float lower = cell.bottomLeft;
      if (j0 + pixel > 0) {
        const Corners& before = shared.sums[own + item - channels];
        upper = before.topRight + upper;
        lower = before.bottomRight + lower;
      }
      if (i >= i0) {
        int64 to = (i * static_cast<int64>(tiling.columns.in) + j0 + pixel) * tiling.channels + k0 + item - pixel * channels;
        gradient[to] = narrow<T>(isFirst ? upper : shared.carry[item] + upper);
      }
      shared.carry[item] = lower;
    }
    __syncthreads();
  }
};

template <class T>
DEVICE StagedCorners cornersOf(const T*, const Tiling& tiling, int first, float (*rows)[STAGED]) {
  return StagedCorners{rows, tiling.channels, first};
}

template <class T>
DEVICE CornersInPlace<T> cornersOf(const T* image, const Tiling& tiling, int, void*) {
  return CornersInPlace<T>{image, tiling.channels, tiling.columns.in};
}

// Walks all tiles and returns this thread's part of the loss; `rows` is shared memory for corners, or null.
template <class T, class L, class R>
DEVICE double walk(const T* prediction, const Tiling& tiling, const L& loss, T* gradient, R rows) {
  __shared__ Shared<L> shared;
  double sum = 0;
  for (int64 tile = blockIdx.x; tile < tiling.tiles(); tile += gridDim.x) {
    int j0 = static_cast<int>(tile % tiling.across()) * tiling.width;
    int i0 = static_cast<int>(tile / tiling.across() % tiling.down()) * tiling.height;
    int64 n = tile / tiling.across() / tiling.down();
    int k0 = blockIdx.y * tiling.chunk;
    int64 offset = n * tiling.rows.in * tiling.columns.in * tiling.channels;
    const T* image = prediction + offset;
    auto corners = cornersOf(image, tiling, max(j0 - 1, 0), rows);
    Walk<T, L, decltype(corners)> walk{tiling,
                                       loss,
                                       corners,
                                       shared,
                                       image,
                                       gradient == nullptr ? nullptr : gradient + offset,
                                       n * tiling.rows.out * tiling.columns.out,
                                       i0,
                                       min(i0 + tiling.height, tiling.rows.in),
                                       j0,
                                       min(j0 + tiling.width, tiling.columns.in),
                                       k0,
                                       min(k0 + tiling.chunk, tiling.channels)};
    sum += walk.run();
  }
  return sum;
}

// Entry points: `staged` if a row of corners fits, else `wide`.
#define STAGED_ROWS __shared__ float rows[2][STAGED]
#define WIDE_ROWS void* rows = nullptr

#define WALK_ENTRIES(KIND, ROWS_OF_CORNERS, T, SUFFIX)                                                                 \
  ENTRY upsampled_cross_entropy_##KIND##_##SUFFIX(const T* logits, Tiling tiling, const int* labels, int ignore,                 \
                                        const float* classWeights, T* gradient, const double* parts, int count,        \
                                        double* losses) {                                                              \
    ROWS_OF_CORNERS;                                                                                                   \
    Softmax loss{labels, ignore, classWeights, tiling.channels, Weights{parts, count, 0}.scale()};                     \
    leave(walk(logits, tiling, loss, gradient, rows), losses);                                                         \
  }                                                                                                                    \
  ENTRY upsampled_cosine_##KIND##_##SUFFIX(const T* prediction, Tiling tiling, const float* target, const uint8* mask,           \
                                 T* gradient, const double* parts, int count, double known, double* losses) {          \
    ROWS_OF_CORNERS;                                                                                                   \
    Direction loss{target, mask, tiling.channels, Weights{parts, count, known}.scale()};                               \
    leave(walk(prediction, tiling, loss, gradient, rows), losses);                                                     \
  }                                                                                                                    \
  ENTRY upsampled_largest_error_##KIND##_##SUFFIX(const T* prediction, Tiling tiling, const float* target, const uint8* mask,    \
                                        float* largest) {                                                              \
    ROWS_OF_CORNERS;                                                                                                   \
    LargestError errors(Errors{target, mask, tiling.channels});                                                        \
    double most = walk(prediction, tiling, errors, static_cast<T*>(nullptr), rows);                                    \
    float all = blockLargest(static_cast<float>(most));                                                                \
    if (threadIdx.x == 0) {                                                                                            \
      largest[blockIdx.x] = all;                                                                                       \
    }                                                                                                                  \
  }                                                                                                                    \
  REGRESSION_ENTRY(l1, L1, KIND, ROWS_OF_CORNERS, T, SUFFIX)                                                           \
  REGRESSION_ENTRY(l2, L2, KIND, ROWS_OF_CORNERS, T, SUFFIX)                                                           \
  REGRESSION_ENTRY(berhu, BerHu, KIND, ROWS_OF_CORNERS, T, SUFFIX)

#define REGRESSION_ENTRY(NAME, PENALTY, KIND, ROWS_OF_CORNERS, T, SUFFIX)                                              \
  ENTRY upsampled_regression_##NAME##_##KIND##_##SUFFIX(const T* prediction, Tiling tiling, const float* target,                 \
                                              const uint8* mask, T* gradient, const double* parts, int count,          \
                                              double known, const float* largest, int largestCount, double* losses) {  \
    ROWS_OF_CORNERS;                                                                                                   \
    PENALTY penalty(largest == nullptr ? 0 : largestOf(largest, largestCount));                                        \
    Regression<PENALTY> loss(Errors{target, mask, tiling.channels}, penalty, Weights{parts, count, known}.scale());    \
    leave(walk(prediction, tiling, loss, gradient, rows), losses);                                                     \
  }

WALK_ENTRIES(staged, STAGED_ROWS, float, f32)
WALK_ENTRIES(staged, STAGED_ROWS, bfloat16, bf16)
WALK_ENTRIES(wide, WIDE_ROWS, float, f32)
WALK_ENTRIES(wide, WIDE_ROWS, bfloat16, bf16)
