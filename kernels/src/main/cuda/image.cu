// Views of images and labels: a window of each image of a batch, at some size, mirrored or not, in changed colours.
//
// Bound by memory: per output pixel an image moves 3 bytes in (more if it shrinks, fewer if it grows) and 12 or 6 out,
// labels 4 to 12 in and 4 to 13 out. A block takes a tile of TILE output pixels in a row, whatever rows and images they
// are of; neighbouring threads take neighbouring pixels, so that what they read lies side by side too, and each thread
// TILE / blockDim.x of them, whose loads are under way together. What has three channels is written by way of shared
// memory: there a pixel's three numbers go in place without conflicts (3 and the 32 banks have no common factor), and
// come out in packs of 16 bytes that neighbouring threads write side by side.
//
// Positions are computed as io.auxgrad.tensor.ops.ImageView writes them: a sum, a division and a sum, each rounded once,
// which no fused multiply-add can change. So every backend takes the same pixels.
#include "common.cuh"

constexpr int TILE = 1024;
constexpr int IGNORE = -1;
constexpr int IGNORE_BYTE = 255;

// A row of the tensor of views.
struct alignas(16) View {
  float scale, left, top, flip;
  float colours[3][4];
};

struct Sizes {
  int images, height, width, outHeight, outWidth;
};

// Where an output pixel looks: an image of the batch, and a point of it.
struct Point {
  int image;
  float x, y;
  bool inside;
};

DEVICE Point pointOf(int pixel, const View* views, const Sizes& sizes) {
  int line = pixel / sizes.outWidth;
  int x = pixel - line * sizes.outWidth;
  int image = line / sizes.outHeight;
  int y = line - image * sizes.outHeight;
  const View& view = views[image];
  float column = view.flip != 0 ? sizes.outWidth - x - 0.5f : x + 0.5f;
  Point at;
  at.image = image;
  at.x = view.left + column / view.scale;
  at.y = view.top + (y + 0.5f) / view.scale;
  at.inside = at.x >= 0 && at.x < sizes.width && at.y >= 0 && at.y < sizes.height;
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

DEVICE float mix(float a, float b, float share) { return a + share * (b - a); }

// From a colour's value to what the network is given.
struct Normalization {
  float factor[3];
  float shift[3];
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
    float value = row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2] + row[3];
    out[c] = norm.factor[c] * fminf(fmaxf(value, 0.0f), 255.0f) + norm.shift[c];
  }
}

template <class T>
DEVICE void input(const uint8* rgb, const View* views, T* y, const Sizes& sizes, const Normalization& norm) {
  __shared__ float tile[3 * TILE];
  eachPixel(sizes, [&](int pixel, int place) {
    Point at = pointOf(pixel, views, sizes);
    float* out = tile + 3 * place;
    if (at.inside) {
      inputPixel(rgb, views[at.image], at, sizes, norm, out);
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
    values[pixel] = valid ? metres / views[at.image].scale : 0.0f;
    mask[pixel] = valid;
  });
}

// Depth that is divided by the scale squeezes the scene along z; normals follow with the inverse transpose.
DEVICE bool normalPixel(const float* source, const View& view, float* out) {
  float x = view.flip != 0 ? -source[0] : source[0];
  float y = source[1];
  float z = view.scale * source[2];
  float square = x * x + y * y + z * z;
  if (square == 0) {
    return false;
  }
  float unit = view.scale == 1 ? 1.0f : 1 / sqrtf(square);
  put(out, x * unit, y * unit, z * unit);
  return true;
}

// 12 in and 13 out.
ENTRY normals(const float* source, const View* views, float* values, uint8* mask, Sizes sizes) {
  __shared__ float tile[3 * TILE];
  eachPixel(sizes, [&](int pixel, int place) {
    Point at = pointOf(pixel, views, sizes);
    float* out = tile + 3 * place;
    bool valid = at.inside && normalPixel(source + 3 * nearest(at, sizes), views[at.image], out);
    if (!valid) {
      put(out, 0, 0, 0);
    }
    mask[pixel] = valid;
  });
  storeVectors(tile, values, sizes);
}
