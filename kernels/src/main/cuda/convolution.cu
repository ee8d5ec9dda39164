// Convolutions of any kernel, stride, padding, dilation and groups, as matrix products that are never laid out in memory
// (tile.cuh): a row is a pixel, the depth are its taps and channels, which are looked up in the image when they are
// needed. No tensor cores. Bound by arithmetic from some 64 channels on; an image moves from memory about once, as a
// block's pixels are neighbours and find each other's taps in the cache.
#include "sliding.cuh"
#include "tile.cuh"

// ---- Operands.

// A line is a pixel of the target; its depth are taps x channels of the group in the source, channels innermost. Nothing
// is divided: `s.divisorRows` and `s.divisorColumns` are 1.
template <bool NARROW, class T>
struct Windows {
  static constexpr bool alongDepth = true;
  const Sliding& s;
  const T* image;  // the pixel's sample, from the group's first channel on
  int firstRow;
  int firstColumn;
  int channels;
  int depths;
  bool packed;

  DEVICE Windows(const T* source, const Sliding& s, int group, int firstLine) : s(s) {
    int line = firstLine + placeOf(alongDepth).line;
    Pixel pixel = targetPixel(s, line);
    channels = s.sourceChannels / s.groups;
    depths = line < s.targetPixels() ? s.taps() * channels : 0;
    packed = channels % 4 == 0;
    image = source + static_cast<int64>(pixel.sample) * s.sourceRows * s.sourceColumns * s.sourceChannels +
            group * channels;
    firstRow = pixel.row * s.advanceRows + s.firstRow;
    firstColumn = pixel.column * s.advanceColumns + s.firstColumn;
  }

  // The first `count` numbers from a depth on, which are of one tap.
  DEVICE Four read(int depth, int count) const {
    int tap = depth / channels;
    int down = tap / s.kernelColumns;
    int row = sourceAt(firstRow + down * s.dilationRows, 1, s.sourceRows);
    int across = tap - down * s.kernelColumns;
    int column = sourceAt(firstColumn + across * s.dilationColumns, 1, s.sourceColumns);
    if (row < 0 || column < 0) {
      return Four{};
    }
    int64 pixel = static_cast<int64>(row) * s.sourceColumns + column;
    return readFour<NARROW>(image + pixel * s.sourceChannels + depth - tap * channels, count, packed);
  }

  DEVICE Four operator()(int depth) const {
    Four four = {};
    if (packed) {
      return depth < depths ? read(depth, 4) : four;
    }
    for (int k = 0; k < 4 && depth + k < depths; k++) {
      four.at[k] = read(depth + k, 1).at[0];
    }
    return four;
  }
};

// A line is a channel of x; its depth are taps x outputs, taps from the last to the first, of which those of a part.
template <bool NARROW, class Part>
struct TurnedWeights {
  static constexpr bool alongDepth = false;
  const Part& part;
  const float* weights;  // of the group, from the thread's first channel on
  int taps;
  int inputs;
  int outputs;
  int lines;
  bool packed;

  DEVICE TurnedWeights(const float* w, const Sliding& s, const Part& part, int group, int firstLine)
      : part(part), taps(s.taps()), inputs(s.targetChannels / s.groups), outputs(s.sourceChannels / s.groups) {
    int line = firstLine + placeOf(alongDepth).line;
    weights = w + static_cast<int64>(group) * outputs * taps * inputs + line;
    lines = inputs - line;
    packed = inputs % 4 == 0;
  }

  DEVICE Four operator()(int depth) const {
    int tap = depth / outputs;
    if (tap >= part.sliding.taps()) {
      return Four{};
    }
    int output = depth - tap * outputs;
    int64 row = static_cast<int64>(output) * taps + taps - 1 - part.tap(tap);
    return readFour<NARROW>(weights + row * inputs, lines, packed);
  }
};

// A line is a tap and a channel of x, channels innermost, or behind the last of them a column of ones; its depth are
// the pixels of y.
template <bool NARROW, class T>
struct Taps {
  static constexpr bool alongDepth = false;
  const Sliding& s;
  const T* image;  // from the group's first channel on
  int line;
  int channels;
  int lines;
  bool packed;

  DEVICE Taps(const T* x, const Sliding& s, int group, int firstLine) : s(s) {
    line = firstLine + placeOf(alongDepth).line;
    channels = s.sourceChannels / s.groups;
    lines = s.taps() * channels;
    packed = channels % 4 == 0;
    image = x + group * channels;
  }

  DEVICE Four read(const Pixel& pixel, int at, int count) const {
    if (at >= lines) {
      return Four{{1.0f}};
    }
    int tap = at / channels;
    int down = tap / s.kernelColumns;
    int across = tap - down * s.kernelColumns;
    int row = sourceAt(pixel.row * s.advanceRows + s.firstRow + down * s.dilationRows, 1, s.sourceRows);
    int column =
        sourceAt(pixel.column * s.advanceColumns + s.firstColumn + across * s.dilationColumns, 1, s.sourceColumns);
    if (row < 0 || column < 0) {
      return Four{};
    }
    int64 source = (static_cast<int64>(pixel.sample) * s.sourceRows + row) * s.sourceColumns + column;
    return readFour<NARROW>(image + source * s.sourceChannels + at - tap * channels, count, packed);
  }

  DEVICE Four operator()(int depth) const {
    Four four = {};
    if (depth < s.targetPixels()) {
      Pixel pixel = targetPixel(s, depth);
      if (packed) {
        return read(pixel, line, 4);
      }
      for (int k = 0; k < 4; k++) {
        four.at[k] = read(pixel, line + k, 1).at[0];
      }
    }
    return four;
  }
};

// ---- y = activation(conv(x, w) + bias + residual): bias and residual may be absent.

// placeOfPixel tells which pixel of y the pixels of s are.
template <bool NARROW, class Y, class Left, class Right, class PlaceOf>
DEVICE void products(const Left& left, const Right& right, const TileAt& tile, int depth, const float* bias,
                     const Y* residual, Y* y, const Sliding& s, int activation, PlaceOf placeOfPixel) {
  float sum[4][4] = {};
  multiply(left, right, 0, depth, sum);
  int channels = s.targetChannels / s.groups;
  int column = tile.column + columnInTile();
  int count = channels - column;
  bool packed = channels % 4 == 0;
  int channel = tile.batch * channels + column;
  Four shift = bias == nullptr ? Four{} : readFour<false>(bias + channel, count, packed);
  for (int i = 0; i < 4; i++) {
    int row = tile.row + rowInTile() + i;
    if (row >= s.targetPixels()) {
      break;
    }
    int64 at = static_cast<int64>(placeOfPixel(row)) * s.targetChannels + channel;
    Four rest = residual == nullptr ? Four{} : readFour<false>(residual + at, count, packed);
    Four four;
    for (int j = 0; j < 4; j++) {
      four.at[j] = activate(sum[i][j] + shift.at[j] + rest.at[j], activation);
    }
    writeFour(y + at, four, count, packed);
  }
}

template <class X, class Y>
DEVICE void forward(const X* x, const float* w, const float* bias, const Y* residual, Y* y, const Sliding& s,
                    int activation) {
  constexpr bool NARROW = sizeof(X) == 2;
  int outputs = s.targetChannels / s.groups;
  int depth = s.taps() * (s.sourceChannels / s.groups);
  TileAt tile = tileOf(blockIdx.x, s.targetPixels(), outputs);
  Windows<NARROW, X> left(x, s, tile.batch, tile.row);
  const float* weights = w + static_cast<int64>(tile.batch) * outputs * depth;
  Matrix<NARROW, float> right(weights, depth, tile.column, outputs, depth, true, depth % 4 == 0);
  products<NARROW>(left, right, tile, depth, bias, residual, y, s, activation, [](int row) { return row; });
}

// Of the pixels and taps of a part of dx: all of it, or a residue.
template <class Part, class D, class X>
DEVICE void gradInput(const D* dy, const float* w, X* dx, const Sliding& s, const Part& part, const TileAt& tile) {
  constexpr bool NARROW = sizeof(D) == 2 || sizeof(X) == 2;
  int depth = part.sliding.taps() * (s.sourceChannels / s.groups);
  Windows<NARROW, D> left(dy, part.sliding, tile.batch, tile.row);
  TurnedWeights<NARROW, Part> right(w, s, part, tile.batch, tile.column);
  products<NARROW, X>(left, right, tile, depth, nullptr, nullptr, dx, part.sliding, 0, [&](int row) {
    return part.place(s, row);
  });
}

template <class D, class X>
DEVICE void gradInputOfAll(const D* dy, const float* w, X* dx, const Sliding& s) {
  gradInput(dy, w, dx, s, Whole{s}, tileOf(blockIdx.x, s.targetPixels(), s.targetChannels / s.groups));
}

// The blocks of one place in dx are neighbours, one for each residue: they read the same of dy.
template <class D, class X>
DEVICE void gradInputByResidue(const D* dy, const float* w, X* dx, const Sliding& s) {
  int residues = s.residues();
  Residue residue(s, blockIdx.x % residues);
  TileAt tile = tileOf(blockIdx.x / residues, s.largestResidue(), s.targetChannels / s.groups);
  if (tile.row < residue.sliding.targetPixels()) {
    gradInput(dy, w, dx, s, residue, tile);
  }
}

// ---- The gradients of weight and bias: dy transposed times the windows of x. The depth are all pixels, far more than
// there are tiles, so it is cut into parts, part p = blockIdx.y; partial_sums.cu adds them up. The gradient of the bias
// is one more column, of ones.

template <class X, class D>
DEVICE void gradWeight(const X* x, const D* dy, float* partial, const Sliding& s, int withBias, int pixelsOfPart) {
  constexpr bool NARROW = sizeof(X) == 2 || sizeof(D) == 2;
  int outputs = s.targetChannels / s.groups;
  int columns = s.taps() * (s.sourceChannels / s.groups) + withBias;
  TileAt tile = tileOf(blockIdx.x, outputs, columns);
  Matrix<NARROW, D> left(
      dy + tile.batch * outputs, s.targetChannels, tile.row, outputs, s.targetPixels(), false, outputs % 4 == 0);
  Taps<NARROW, X> right(x, s, tile.batch, tile.column);
  int from = blockIdx.y * pixelsOfPart;
  float sum[4][4] = {};
  multiply(left, right, from, min(from + pixelsOfPart, s.targetPixels()), sum);
  int column = tile.column + columnInTile();
  for (int i = 0; i < 4; i++) {
    int row = tile.row + rowInTile() + i;
    if (row < outputs) {
      Four four = {{sum[i][0], sum[i][1], sum[i][2], sum[i][3]}};
      int64 output = static_cast<int64>(blockIdx.y) * s.targetChannels + tile.batch * outputs + row;
      writeFour(partial + output * columns + column, four, columns - column, columns % 4 == 0);
    }
  }
}

// Must move each image and w once: sizeof(X) N H W C + 4 O KH KW C / groups + sizeof(Y) N OH OW O bytes, and as much as y
// again for a residual.
#define FORWARD_ENTRY(X, Y, SUFFIX)                                                                              \
  ENTRY convolution_forward_##SUFFIX(const X* x, const float* w, const float* bias, const Y* residual, Y* y,     \
                                     Sliding s, int activation) {                                                \
    forward(x, w, bias, residual, y, s, activation);                                                             \
  }

FORWARD_ENTRY(float, float, f32_f32)
FORWARD_ENTRY(bfloat16, float, bf16_f32)
FORWARD_ENTRY(bfloat16, bfloat16, bf16_bf16)

// Must move the same: dy, w and dx; and x, dy and the partial sums, 4 bytes for each part and weight.
#define GRADIENT_ENTRIES(A, B, SUFFIX)                                                                           \
  ENTRY convolution_grad_input_##SUFFIX(const A* dy, const float* w, B* dx, Sliding s) {                         \
    gradInputOfAll(dy, w, dx, s);                                                                                \
  }                                                                                                              \
  ENTRY convolution_grad_input_strided_##SUFFIX(const A* dy, const float* w, B* dx, Sliding s) {                 \
    gradInputByResidue(dy, w, dx, s);                                                                            \
  }                                                                                                              \
  ENTRY convolution_grad_weight_##SUFFIX(const A* x, const B* dy, float* partial, Sliding s, int withBias,       \
                                         int pixelsOfPart) {                                                     \
    gradWeight(x, dy, partial, s, withBias, pixelsOfPart);                                                       \
  }

GRADIENT_ENTRIES(float, float, f32_f32)
GRADIENT_ENTRIES(float, bfloat16, f32_bf16)
GRADIENT_ENTRIES(bfloat16, float, bf16_f32)
GRADIENT_ENTRIES(bfloat16, bfloat16, bf16_bf16)
