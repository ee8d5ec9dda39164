// Views of images and labels: each image of a batch shows a window of one of the sources, at some size, mirrored or
// not, in changed colours.
//
// Bound by memory: per output pixel an image moves 3 bytes in (more if it shrinks, fewer if it grows) and 12 or 6 out,
// labels 1 to 12 in and 4 to 13 out. A block takes a tile of TILE output pixels in a row, whatever rows and images they
// are of; neighbouring threads take neighbouring pixels, so that what they read lies side by side too, and each thread
// TILE / blockDim.x of them, whose loads are under way together. What has three channels is written by way of shared
// memory: there a pixel's three numbers go in place without conflicts (3 and the 32 banks have no common factor), and
// come out in packs of 16 bytes that neighbouring threads write side by side.
//
// Numbers are computed as io.auxgrad.tensor.ops.ImageOps writes them, each step rounded once: a fused multiply-add,
// which the compiler is free to make of * and +, rounds another way than the host. So a batch is the same bytes
// wherever it is made. The kernels wait for memory meanwhile.
#include "common.cuh"

constexpr int TILE = 1024;
constexpr int IGNORE = -1;
constexpr int IGNORE_BYTE = 255;

constexpr int OCTAHEDRAL_END = 32767;
constexpr int NO_NORMAL = -32768;

// A row of the tensor of views; a negative scale stands for a flip.
struct alignas(16) View {
  float image, signedScale, left, top;
  float colours[3][4];

  DEVICE bool flip() const { return signedScale < 0; }

  DEVICE float scale() const { return fabsf(signedScale); }
};

struct Sizes {
  int sources, height, width, images, outHeight, outWidth;
};

// Where an output pixel looks: by which view, at which source image, and at which point of it.
struct Point {
  int view;
  int image;
  float x, y;
  bool inside;
};

DEVICE float plus(float a, float b) { return __fadd_rn(a, b); }

DEVICE float times(float a, float b) { return __fmul_rn(a, b); }

DEVICE Point pointOf(int pixel, const View* views, const Sizes& sizes) {
  int line = pixel / sizes.outWidth;
  int x = pixel - line * sizes.outWidth;
  int number = line / sizes.outHeight;
  int y = line - number * sizes.outHeight;
  const View& view = views[number];
  float column = view.flip() ? sizes.outWidth - x - 0.5f : x + 0.5f;
  Point at;
  at.view = number;
  at.image = static_cast<int>(view.image);
  at.x = view.left + column / view.scale();
  at.y = view.top + (y + 0.5f) / view.scale();
  at.inside = at.image < sizes.sources && at.x >= 0 && at.x < sizes.width && at.y >= 0 && at.y < sizes.height;
  return at;
}

// The first pixel of a row of the sources.
DEVICE int64 rowStart(int image, int row, const Sizes& sizes) {
  return (static_cast<int64>(image) * sizes.height + row) * sizes.width;
}

// The source pixel that holds the point, which is inside.
DEVICE int64 nearest(const Point& at, const Sizes& sizes) {
  return rowStart(at.image, static_cast<int>(at.y), sizes) + static_cast<int>(at.x);
}

// Calls f(pixel, place in the tile) for the pixels of this block's tile.
template <class F>
DEVICE void eachPixel(const Sizes& sizes, F f) {
  int all = sizes.images * sizes.outHeight * sizes.outWidth;
  int first = blockIdx.x * TILE;
  int count = min(TILE, all - first);
#pragma unroll 4
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    f(first + i, i);
  }
}

// Writes the vectors of this block's tile, of three numbers each, once all of its threads have made theirs.
template <class T>
DEVICE void storeVectors(const float* tile, T* y, const Sizes& sizes) {
  constexpr int N = PACK<T>;
  int all = sizes.images * sizes.outHeight * sizes.outWidth;
  int first = blockIdx.x * TILE;
  int count = 3 * min(TILE, all - first);
  T* to = y + 3 * static_cast<int64>(first);
  __syncthreads();
  for (int i = threadIdx.x * N; i < count; i += blockDim.x * N) {
    if (i + N <= count) {
      Pack<T, N> out;
      for (int k = 0; k < N; k++) {
        out.at[k] = narrow<T>(tile[i + k]);
      }
      store(to + i, out);
    } else {
      for (int k = i; k < count; k++) {
        to[k] = narrow<T>(tile[k]);
      }
    }
  }
}

DEVICE void put(float* vector, float x, float y, float z) {
  vector[0] = x;
  vector[1] = y;
  vector[2] = z;
}

// ---- Images.

// The two pixels of an axis to interpolate between, and the share of the second.
struct Between {
  int low, high;
  float share;
};

DEVICE Between between(float centre, int size) {
  float first = floorf(centre - 0.5f);
  int low = static_cast<int>(first);
  return Between{max(low, 0), min(low + 1, size - 1), centre - 0.5f - first};
}

DEVICE float mix(float a, float b, float share) { return plus(a, times(share, b - a)); }

// From a colour's value to what the network is given.
struct Normalization {
  float mean[3];
  float deviation[3];
};

DEVICE void inputPixel(
    const uint8* rgb, const View& view, const Point& at, const Sizes& sizes, const Normalization& norm, float* out) {
  Between columns = between(at.x, sizes.width);
  Between rows = between(at.y, sizes.height);
  const uint8* upper = rgb + 3 * rowStart(at.image, rows.low, sizes);
  const uint8* lower = rgb + 3 * rowStart(at.image, rows.high, sizes);
  float colour[3];
  for (int c = 0; c < 3; c++) {
    int left = 3 * columns.low + c;
    int right = 3 * columns.high + c;
    float above = mix(upper[left], upper[right], columns.share);
    float below = mix(lower[left], lower[right], columns.share);
    colour[c] = mix(above, below, rows.share);
  }
  for (int c = 0; c < 3; c++) {
    const float* row = view.colours[c];
    float value = plus(times(row[0], colour[0]), times(row[1], colour[1]));
    value = plus(plus(value, times(row[2], colour[2])), row[3]);
    out[c] = (fminf(fmaxf(value, 0.0f), 255.0f) / 255.0f - norm.mean[c]) / norm.deviation[c];
  }
}

template <class T>
DEVICE void input(const uint8* rgb, const View* views, T* y, const Sizes& sizes, const Normalization& norm) {
  __shared__ float tile[3 * TILE];
  eachPixel(sizes, [&](int pixel, int place) {
    Point at = pointOf(pixel, views, sizes);
    float* out = tile + 3 * place;
    if (at.inside) {
      inputPixel(rgb, views[at.view], at, sizes, norm, out);
    } else {
      put(out, 0, 0, 0);
    }
  });
  storeVectors(tile, y, sizes);
}

// Must move 3 bytes in and 12 out for each pixel.
ENTRY input_f32(const uint8* rgb, const View* views, float* y, Sizes sizes, Normalization norm) {
  input(rgb, views, y, sizes, norm);
}

// 3 in and 6 out.
ENTRY input_bf16(const uint8* rgb, const View* views, bfloat16* y, Sizes sizes, Normalization norm) {
  input(rgb, views, y, sizes, norm);
}

// ---- Labels.

DEVICE int label(int value) { return value; }

DEVICE int label(uint8 value) { return value == IGNORE_BYTE ? IGNORE : value; }

template <class T>
DEVICE void classes(const T* source, const View* views, int* y, const Sizes& sizes) {
  eachPixel(sizes, [&](int pixel, int) {
    Point at = pointOf(pixel, views, sizes);
    y[pixel] = at.inside ? label(source[nearest(at, sizes)]) : IGNORE;
  });
}

// Must move 4 bytes in and 4 out for each pixel.
ENTRY classes_i32(const int* source, const View* views, int* y, Sizes sizes) { classes(source, views, y, sizes); }

// 1 in and 4 out.
ENTRY classes_u8(const uint8* source, const View* views, int* y, Sizes sizes) { classes(source, views, y, sizes); }

// 4 in and 5 out.
ENTRY depth(const float* source, const View* views, float* values, uint8* mask, Sizes sizes) {
  eachPixel(sizes, [&](int pixel, int) {
    Point at = pointOf(pixel, views, sizes);
    float metres = at.inside ? source[nearest(at, sizes)] : 0.0f;
    bool valid = metres > 0;
    values[pixel] = valid ? metres / views[at.view].scale() : 0.0f;
    mask[pixel] = valid;
  });
}

struct Normal {
  float x, y, z;
};

DEVICE Normal normalAt(const float* source, int64 pixel) {
  const float* at = source + 3 * pixel;
  return Normal{at[0], at[1], at[2]};
}

// Two coordinates on the octahedron |x|+|y|+|z| = 1, whose lower half is folded out over the corners.
struct alignas(4) Octahedral {
  short u, v;
};

DEVICE Normal normalAt(const Octahedral* source, int64 pixel) {
  Octahedral packed = source[pixel];
  if (packed.u == NO_NORMAL) {
    return Normal{0, 0, 0};
  }
  float u = packed.u / static_cast<float>(OCTAHEDRAL_END);
  float v = packed.v / static_cast<float>(OCTAHEDRAL_END);
  float z = 1 - fabsf(u) - fabsf(v);
  float unfold = fmaxf(0.0f, -z);
  float x = u - copysignf(unfold, u);
  float y = v - copysignf(unfold, v);
  float unit = 1 / sqrtf(plus(plus(times(x, x), times(y, y)), times(z, z)));
  return Normal{times(x, unit), times(y, unit), times(z, unit)};
}

// Depth that is divided by the scale squeezes the scene along z; normals follow with the inverse transpose.
DEVICE bool normalPixel(const Normal& normal, const View& view, float* out) {
  float x = view.flip() ? -normal.x : normal.x;
  float y = normal.y;
  float z = times(view.scale(), normal.z);
  float square = plus(plus(times(x, x), times(y, y)), times(z, z));
  if (square == 0) {
    return false;
  }
  float unit = view.scale() == 1 ? 1.0f : 1 / sqrtf(square);
  put(out, times(x, unit), times(y, unit), times(z, unit));
  return true;
}

template <class T>
DEVICE void normals(const T* source, const View* views, float* values, uint8* mask, const Sizes& sizes) {
  __shared__ float tile[3 * TILE];
  eachPixel(sizes, [&](int pixel, int place) {
    Point at = pointOf(pixel, views, sizes);
    float* out = tile + 3 * place;
    bool valid = at.inside && normalPixel(normalAt(source, nearest(at, sizes)), views[at.view], out);
    if (!valid) {
      put(out, 0, 0, 0);
    }
    mask[pixel] = valid;
  });
  storeVectors(tile, values, sizes);
}

// 12 in and 13 out.
ENTRY normals_f32(const float* source, const View* views, float* values, uint8* mask, Sizes sizes) {
  normals(source, views, values, mask, sizes);
}

// 4 in and 13 out.
ENTRY normals_u8(const Octahedral* source, const View* views, float* values, uint8* mask, Sizes sizes) {
  normals(source, views, values, mask, sizes);
}
