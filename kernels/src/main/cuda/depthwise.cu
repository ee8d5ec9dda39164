// Depthwise convolutions: each channel has a kernel of its own, groups = channels = outputs.
//
// A few products to a number, so they are bound by memory: x and y must move once. A thread makes a run of RUN outputs
// of a row for one pack of channels, so that a number it has read serves all the taps that want it along the row. A
// block's threads lie over a patch: packs of 128 bytes side by side, some runs, some rows; what rows have in common
// comes from the first-level cache. The block's weights lie in shared memory, tap by tap, as packs want them.
//
// The gradient of x is the same with the kernel turned round (sliding.cuh).
#include "sliding.cuh"

constexpr int RUN = 4;
constexpr int MOST_TAPS = 49;
constexpr int MOST_CHANNELS = 64;
constexpr int MOST_THREADS = 256;

template <class A, class B>
constexpr int PACK_OF_BOTH = PACK<A> < PACK<B> ? PACK<A> : PACK<B>;

template <class A, class B>
constexpr bool NARROW_EITHER = sizeof(A) == 2 || sizeof(B) == 2;

// How the threads of a block lie over its patch: packs innermost, then runs, then rows.
struct Patch {
  int packs;
  int runs;
  int rows;
};

// A thread's place: its first channel and column; rows are counted through all samples.
struct Spot {
  int firstOfBlock;  // channel
  int inBlock;       // channel, from there on
  int channel;
  int column;
  int row;
  int sample;
  int rowOfSample;
};

DEVICE int ceilDiv(int a, int b) { return (a + b - 1) / b; }

template <int N, int LENGTH>
DEVICE Spot spotOf(const Sliding& s, const Patch& patch) {
  int t = threadIdx.x;
  int width = patch.packs * N;
  int packTiles = ceilDiv(s.targetChannels, width);
  int runTiles = ceilDiv(ceilDiv(s.targetColumns, LENGTH), patch.runs);
  int rest = blockIdx.x / packTiles;
  Spot spot;
  spot.firstOfBlock = blockIdx.x % packTiles * width;
  spot.inBlock = t % patch.packs * N;
  spot.channel = spot.firstOfBlock + spot.inBlock;
  spot.column = (rest % runTiles * patch.runs + t / patch.packs % patch.runs) * LENGTH;
  spot.row = rest / runTiles * patch.rows + t / (patch.packs * patch.runs);
  spot.sample = spot.row / s.targetRows;
  spot.rowOfSample = spot.row % s.targetRows;
  return spot;
}

DEVICE bool inside(const Spot& spot, const Sliding& s) {
  return spot.channel < s.targetChannels && spot.column < s.targetColumns && spot.row < s.samples * s.targetRows;
}

// ---- Weights in shared memory: [tap, channel of the block].

template <int TAPS>
struct alignas(32) Weights {
  float at[TAPS * MOST_CHANNELS];
};

// All threads must call it. w [channels, taps] is read once per block, side by side.
template <bool NARROW>
DEVICE void stageWeights(float* weights, const float* w, const Sliding& s, int first, int width, int turned) {
  int taps = s.taps();
  int count = min(width, s.targetChannels - first) * taps;
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    int channel = i / taps;
    int tap = i - channel * taps;
    weights[(turned ? taps - 1 - tap : tap) * width + channel] = factor<NARROW>(w[first * taps + i]);
  }
  __syncthreads();
}

// ---- What is read along a row. With ADVANCE known and no dilation, the taps of a run share what they read; with
// ADVANCE = 0, which is any advance and dilation, each tap of each output reads for itself.

template <int ADVANCE>
constexpr int SPAN = ADVANCE > 0 ? (RUN - 1) * ADVANCE + 3 : RUN * 3;

template <int ADVANCE>
DEVICE int inSpan(int output, int tap) {
  return ADVANCE > 0 ? output * ADVANCE + tap : output * 3 + tap;
}

// The numbers that three taps of the run from `column` on meet in a row of the source; zeros outside.
template <int ADVANCE, int DIVISOR, int N, class X>
DEVICE void readSpan(const X* row, const Sliding& s, int column, Pack<X, N> (&span)[SPAN<ADVANCE>]) {
  for (int i = 0; i < SPAN<ADVANCE>; i++) {
    int numerator = ADVANCE > 0 ? column * ADVANCE + i
                                : (column + i / 3) * s.advanceColumns + i % 3 * s.dilationColumns;
    int at = sourceAt(numerator + s.firstColumn, DIVISOR, s.sourceColumns);
    span[i] = at < 0 ? Pack<X, N>{} : load<X, N>(row + static_cast<int64>(at) * s.sourceChannels);
  }
}

// The row of the source that tap row `tap` of three meets, from a channel on; or null.
template <int ADVANCE, int DIVISOR, class X>
DEVICE const X* sourceRow(const X* x, const Sliding& s, int sample, int rowOfSample, int tap, int channel) {
  int numerator = ADVANCE > 0 ? rowOfSample * ADVANCE + tap : rowOfSample * s.advanceRows + tap * s.dilationRows;
  int row = sourceAt(numerator + s.firstRow, DIVISOR, s.sourceRows);
  int64 pixel = (static_cast<int64>(sample) * s.sourceRows + row) * s.sourceColumns;
  return row < 0 ? nullptr : x + pixel * s.sourceChannels + channel;
}

// ---- Results.

// y = activation(sum + bias + residual): bias and residual may be absent.
template <class Y, int N>
DEVICE void finish(const float (&sum)[N], const Pack<float, N>& shift, const Y* residual, Y* y, int64 at,
                   int activation) {
  Pack<Y, N> rest = residual == nullptr ? Pack<Y, N>{} : load<Y, N>(residual + at);
  Pack<Y, N> out;
  for (int k = 0; k < N; k++) {
    out.at[k] = narrow<Y>(activate(sum[k] + shift.at[k] + widen(rest.at[k]), activation));
  }
  store(y + at, out);
}

template <int N>
DEVICE Pack<float, N> shiftOf(const float* bias, int channel) {
  return bias == nullptr ? Pack<float, N>{} : load<float, N>(bias + channel);
}

DEVICE int64 targetAt(const Sliding& s, const Spot& spot, int column) {
  return (static_cast<int64>(spot.row) * s.targetColumns + column) * s.targetChannels + spot.channel;
}

// ---- 3x3.

template <int ADVANCE, int DIVISOR, class X, class Y>
DEVICE void slide3x3(const X* x, const float* w, const float* bias, const Y* residual, Y* y, const Sliding& s,
                     int activation, int turned, const Patch& patch) {
  constexpr int N = PACK_OF_BOTH<X, Y>;
  constexpr bool NARROW = NARROW_EITHER<X, Y>;
  __shared__ Weights<9> weights;
  Spot spot = spotOf<N, RUN>(s, patch);
  int width = patch.packs * N;
  stageWeights<NARROW>(weights.at, w, s, spot.firstOfBlock, width, turned);
  if (!inside(spot, s)) {
    return;
  }
  float sum[RUN][N] = {};
  for (int down = 0; down < 3; down++) {
    const X* row = sourceRow<ADVANCE, DIVISOR>(x, s, spot.sample, spot.rowOfSample, down, spot.channel);
    if (row == nullptr) {
      continue;
    }
    Pack<X, N> span[SPAN<ADVANCE>];
    readSpan<ADVANCE, DIVISOR>(row, s, spot.column, span);
    for (int across = 0; across < 3; across++) {
      Pack<float, N> tap = load<float, N>(&weights.at[(down * 3 + across) * width + spot.inBlock]);
      for (int j = 0; j < RUN; j++) {
        for (int k = 0; k < N; k++) {
          sum[j][k] += tap.at[k] * factor<NARROW>(span[inSpan<ADVANCE>(j, across)].at[k]);
        }
      }
    }
  }
  Pack<float, N> shift = shiftOf<N>(bias, spot.channel);
  for (int j = 0; j < RUN; j++) {
    if (spot.column + j < s.targetColumns) {
      finish(sum[j], shift, residual, y, targetAt(s, spot, spot.column + j), activation);
    }
  }
}

// ---- Any kernel of at most MOST_TAPS, an output to a thread; N = 1 for channels that do not fill packs.

template <int N, class X, class Y>
DEVICE void slideAny(const X* x, const float* w, const float* bias, const Y* residual, Y* y, const Sliding& s,
                     int activation, int turned, const Patch& patch) {
  constexpr bool NARROW = NARROW_EITHER<X, Y>;
  __shared__ Weights<MOST_TAPS> weights;
  Spot spot = spotOf<N, 1>(s, patch);
  int width = patch.packs * N;
  stageWeights<NARROW>(weights.at, w, s, spot.firstOfBlock, width, turned);
  if (!inside(spot, s)) {
    return;
  }
  float sum[N] = {};
  for (int down = 0; down < s.kernelRows; down++) {
    int row = sourceAt(spot.rowOfSample * s.advanceRows + s.firstRow + down * s.dilationRows, s.divisorRows,
                       s.sourceRows);
    for (int across = 0; row >= 0 && across < s.kernelColumns; across++) {
      int column = sourceAt(spot.column * s.advanceColumns + s.firstColumn + across * s.dilationColumns,
                            s.divisorColumns, s.sourceColumns);
      if (column >= 0) {
        int64 pixel = (static_cast<int64>(spot.sample) * s.sourceRows + row) * s.sourceColumns + column;
        Pack<X, N> in = load<X, N>(x + pixel * s.sourceChannels + spot.channel);
        Pack<float, N> tap =
            load<float, N>(&weights.at[(down * s.kernelColumns + across) * width + spot.inBlock]);
        for (int k = 0; k < N; k++) {
          sum[k] += tap.at[k] * factor<NARROW>(in.at[k]);
        }
      }
    }
  }
  finish(sum, shiftOf<N>(bias, spot.channel), residual, y, targetAt(s, spot, spot.column), activation);
}

// ---- The gradients of weight and bias. Block (x, p) walks over part p of all runs of dy for its channels, its threads
// over every lanes-th of them; a thread keeps the sums of all taps in registers. Then the lanes are added up in shared
// memory, and the parts by partial_sums.cu, both in a fixed order. x and dy move once.

// A thread's channels, and which of the lanes it is.
template <int N>
struct Lane {
  int first;    // channel of the block
  int inBlock;  // channel, from there on
  int number;
  int count;
  int width;

  DEVICE Lane(int packs)
      : first(blockIdx.x * packs * N),
        inBlock(threadIdx.x % packs * N),
        number(threadIdx.x / packs),
        count(blockDim.x / packs),
        width(packs * N) {}
};

// Adds up the lanes' sums [sums, lanes, channels of the block] and writes them as partial [part, channel, column].
DEVICE void writePartial(const float* sums, int taps, int columns, int firstColumn, int lanes, int width, int first,
                         int channels, float* partial) {
  for (int i = threadIdx.x; i < taps * width; i += blockDim.x) {
    int tap = i / width;
    int channel = i % width;
    float total = 0;
    for (int lane = 0; lane < lanes; lane++) {
      total += sums[(tap * lanes + lane) * width + channel];
    }
    if (first + channel < channels) {
      int64 row = static_cast<int64>(blockIdx.y) * channels + first + channel;
      partial[row * columns + firstColumn + tap] = total;
    }
  }
}

// 3x3, in packs of four channels: nine sums of each are what registers have room for.
template <int ADVANCE, class X, class D>
DEVICE void gradWeight3x3(const X* x, const D* dy, float* partial, const Sliding& s, int withBias, int packs,
                          int runsOfPart) {
  constexpr int N = 4;
  constexpr bool NARROW = NARROW_EITHER<X, D>;
  __shared__ Pack<float, N> sums[10 * MOST_THREADS];
  Lane<N> lane(packs);
  int channel = lane.first + lane.inBlock;
  int runsOfRow = ceilDiv(s.targetColumns, RUN);
  int from = blockIdx.y * runsOfPart;
  int to = channel < s.targetChannels ? min(from + runsOfPart, s.samples * s.targetRows * runsOfRow) : from;
  Pack<float, N> sum[10] = {};
  for (int run = from + lane.number; run < to; run += lane.count) {
    int row = run / runsOfRow;
    int column = run % runsOfRow * RUN;
    const D* at = dy + (static_cast<int64>(row) * s.targetColumns + column) * s.targetChannels + channel;
    float d[RUN][N];
    for (int j = 0; j < RUN; j++) {
      Pack<D, N> pack = column + j < s.targetColumns ? load<D, N>(at + j * s.targetChannels) : Pack<D, N>{};
      for (int k = 0; k < N; k++) {
        d[j][k] = factor<NARROW>(pack.at[k]);
        sum[9].at[k] += d[j][k];
      }
    }
#pragma unroll
    for (int down = 0; down < 3; down++) {
      const X* source = sourceRow<ADVANCE, 1>(x, s, row / s.targetRows, row % s.targetRows, down, channel);
      if (source == nullptr) {
        continue;
      }
      Pack<X, N> span[SPAN<ADVANCE>];
      readSpan<ADVANCE, 1>(source, s, column, span);
      for (int across = 0; across < 3; across++) {
        for (int j = 0; j < RUN; j++) {
          for (int k = 0; k < N; k++) {
            sum[down * 3 + across].at[k] += d[j][k] * factor<NARROW>(span[inSpan<ADVANCE>(j, across)].at[k]);
          }
        }
      }
    }
  }
  for (int tap = 0; tap < 10; tap++) {
    sums[tap * blockDim.x + threadIdx.x] = sum[tap];
  }
  __syncthreads();
  int columns = 9 + withBias;
  writePartial(sums[0].at, columns, columns, 0, lane.count, lane.width, lane.first, s.targetChannels, partial);
}

// Any kernel, channel by channel: block (x, p, k) has tap k, or the bias behind the last one.
template <class X, class D>
DEVICE void gradWeightAny(const X* x, const D* dy, float* partial, const Sliding& s, int withBias, int channels,
                          int pixelsOfPart) {
  constexpr bool NARROW = NARROW_EITHER<X, D>;
  __shared__ float sums[MOST_THREADS];
  Lane<1> lane(channels);
  int channel = lane.first + lane.inBlock;
  int tap = blockIdx.z;
  int down = tap / s.kernelColumns;
  int across = tap % s.kernelColumns;
  int from = blockIdx.y * pixelsOfPart;
  int to = channel < s.targetChannels ? min(from + pixelsOfPart, s.targetPixels()) : from;
  float sum = 0;
  for (int i = from + lane.number; i < to; i += lane.count) {
    Pixel pixel = targetPixel(s, i);
    int row = sourceAt(pixel.row * s.advanceRows + s.firstRow + down * s.dilationRows, 1, s.sourceRows);
    int column =
        sourceAt(pixel.column * s.advanceColumns + s.firstColumn + across * s.dilationColumns, 1, s.sourceColumns);
    float d = factor<NARROW>(dy[static_cast<int64>(i) * s.targetChannels + channel]);
    if (tap == s.taps()) {
      sum += d;
    } else if (row >= 0 && column >= 0) {
      int64 source = (static_cast<int64>(pixel.sample) * s.sourceRows + row) * s.sourceColumns + column;
      sum += d * factor<NARROW>(x[source * s.sourceChannels + channel]);
    }
  }
  sums[threadIdx.x] = sum;
  __syncthreads();
  writePartial(sums, 1, s.taps() + withBias, tap, lane.count, lane.width, lane.first, s.targetChannels, partial);
}

// ---- Entry points: advance and divisor of the 3x3 ones are in their names.

// Must move sizeof(X) N H W C + sizeof(Y) N OH OW C bytes, and as much as y again for a residual; w is small.
#define SLIDE_ENTRY(NAME, X, Y, SUFFIX, KERNEL)                                                                   \
  ENTRY depthwise_##NAME##_##SUFFIX(const X* x, const float* w, const float* bias, const Y* residual, Y* y,       \
                                    Sliding s, int activation, int turned, Patch patch) {                         \
    KERNEL(x, w, bias, residual, y, s, activation, turned, patch);                                                \
  }

// Must move sizeof(X) N H W C + sizeof(D) N OH OW C bytes; the partial sums are few.
#define GRAD_WEIGHT_ENTRY(NAME, X, D, SUFFIX, KERNEL)                                                             \
  ENTRY depthwise_grad_weight_##NAME##_##SUFFIX(const X* x, const D* dy, float* partial, Sliding s, int withBias, \
                                                int across, int ofPart) {                                         \
    KERNEL(x, dy, partial, s, withBias, across, ofPart);                                                          \
  }

#define ENTRIES(A, B, SUFFIX)                                            \
  SLIDE_ENTRY(3x3_by_1, A, B, SUFFIX, (slide3x3<1, 1>))                  \
  SLIDE_ENTRY(3x3_by_2, A, B, SUFFIX, (slide3x3<2, 1>))                  \
  SLIDE_ENTRY(3x3_by_half, A, B, SUFFIX, (slide3x3<1, 2>))               \
  SLIDE_ENTRY(3x3_dilated, A, B, SUFFIX, (slide3x3<0, 1>))               \
  SLIDE_ENTRY(any, A, B, SUFFIX, (slideAny<PACK_OF_BOTH<A, B>>))         \
  SLIDE_ENTRY(single, A, B, SUFFIX, (slideAny<1>))                       \
  GRAD_WEIGHT_ENTRY(3x3_by_1, A, B, SUFFIX, (gradWeight3x3<1>))          \
  GRAD_WEIGHT_ENTRY(3x3_by_2, A, B, SUFFIX, (gradWeight3x3<2>))          \
  GRAD_WEIGHT_ENTRY(3x3_dilated, A, B, SUFFIX, (gradWeight3x3<0>))       \
  GRAD_WEIGHT_ENTRY(any, A, B, SUFFIX, gradWeightAny)

ENTRIES(float, float, f32_f32)
ENTRIES(float, bfloat16, f32_bf16)
ENTRIES(bfloat16, float, bf16_f32)
ENTRIES(bfloat16, bfloat16, bf16_bf16)
