// Sums behind metrics, in float64.
//
// Per pixel, depth moves 9 bytes (float32 prediction and target, mask) and normals 25, all once; a logarithm or an arc
// tangent in float64 makes that computing rather than memory sets the pace. So neighbouring threads take neighbouring
// pixels, one at a time, and nothing is done about packs.
//
// The order of a sum is fixed: each image is cut into as many parts as its size says, never the GPU or the batch; a block
// adds a part, and one more block per sum adds the parts image by image to what is there. Cutting a split into other
// batches, or running on another GPU, so changes no bit. Counts are whole numbers, which float64 adds exactly.
#include "common.cuh"

// What is summed over: images of so many pixels, each in so many parts.
struct Parts {
  int64 pixels;
  int images, parts;
};

// Leaves the sums over the pixels of this block's part in partial, [sums, images, parts].
template <int SUMS, class F>
DEVICE void sumPart(const uint8* mask, const Parts& of, double* partial, F add) {
  int image = blockIdx.x / of.parts;
  int part = blockIdx.x % of.parts;
  int64 first = image * of.pixels;
  int64 step = static_cast<int64>(of.parts) * blockDim.x;
  double sums[SUMS] = {};
  for (int64 i = static_cast<int64>(part) * blockDim.x + threadIdx.x; i < of.pixels; i += step) {
    if (mask == nullptr || mask[first + i] != 0) {
      add(first + i, sums);
    }
  }
#pragma unroll
  for (int k = 0; k < SUMS; k++) {
    double sum = blockSum(sums[k]);
    if (threadIdx.x == 0) {
      partial[static_cast<int64>(k) * gridDim.x + blockIdx.x] = sum;
    }
  }
}

// Block k adds its parts to sums[k], image after image.
ENTRY add_parts(const double* partial, double* sums, Parts of) {
  double total = sums[blockIdx.x];
  for (int n = 0; n < of.images; n++) {
    const double* image = partial + (static_cast<int64>(blockIdx.x) * of.images + n) * of.parts;
    double sum = 0;
    for (int part = threadIdx.x; part < of.parts; part += blockDim.x) {
      sum += image[part];
    }
    total += blockSum(sum);
  }
  if (threadIdx.x == 0) {
    sums[blockIdx.x] = total;
  }
}

// Counts of a batch to those of a split: whole numbers, which float64 adds exactly. Must move 20 bytes for each.
ENTRY add_counts(const int* counts, double* sums, int64 n) {
  int64 i = globalThread();
  if (i < n) {
    sums[i] += counts[i];
  }
}

// ---- Depth: the sums of MetricOps.DEPTH_SUMS.

constexpr int DEPTH_SUMS = 9;
constexpr double INVERSE_LN_10 = 0.43429448190325182765;

// max(p / t, t / p) < limit without a division, and no other decision: t and p have 24 bits and the limits at most 7, so
// the products are exact.
DEVICE double isWithin(double p, double t, double limit) { return p < limit * t && t < limit * p ? 1 : 0; }

DEVICE void addDepth(double p, double t, double* sums) {
  double inverse = 1 / t;
  double error = p - t;
  double logError = log(p * inverse);
  sums[0] += 1;
  sums[1] += fabs(error) * inverse;
  sums[2] += error * error * inverse;
  sums[3] += error * error;
  sums[4] += logError * logError;
  sums[5] += fabs(logError) * INVERSE_LN_10;
  sums[6] += isWithin(p, t, 1.25);
  sums[7] += isWithin(p, t, 1.25 * 1.25);
  sums[8] += isWithin(p, t, 1.25 * 1.25 * 1.25);
}

template <class T>
DEVICE void depth(
    const T* prediction, const float* target, const uint8* mask, const Parts& of, float minimum, double* partial) {
  sumPart<DEPTH_SUMS>(mask, of, partial, [=](int64 i, double* sums) {
    float p = widen(prediction[i]);
    addDepth(p < minimum ? minimum : p, target[i], sums);
  });
}

// ---- Normals: the sums of MetricOps.NORMALS_SUMS.

constexpr int NORMALS_SUMS = 5;
constexpr double DEGREES = 57.29577951308232;

// The arc tangent of |a x b| and a.b keeps its precision at small angles, where the arc cosine loses it. Products of
// floats are exact in float64, so parallel vectors have a cross product of exactly 0.
DEVICE double degreesBetween(double ax, double ay, double az, double bx, double by, double bz) {
  double dot = ax * bx + ay * by + az * bz;
  double cx = ay * bz - az * by;
  double cy = az * bx - ax * bz;
  double cz = ax * by - ay * bx;
  double cross = sqrt(cx * cx + cy * cy + cz * cz);
  return dot == 0 && cross == 0 ? 90 : DEGREES * atan2(cross, dot);
}

// The histogram is too long for shared memory, so its counts are made where they belong: whole numbers, whose sum does
// not depend on the order.
DEVICE void addAngle(double degrees, int* histogram, int bins, double* sums) {
  sums[0] += 1;
  sums[1] += degrees;
  sums[2] += degrees < 11.25 ? 1 : 0;
  sums[3] += degrees < 22.5 ? 1 : 0;
  sums[4] += degrees < 30 ? 1 : 0;
  double width = 180.0 / (bins - 1);
  int bin = degrees == degrees ? min(static_cast<int>(degrees / width), bins - 1) : 0;
  atomicAdd(histogram + bin, 1);
}

template <class T>
DEVICE void normals(
    const T* prediction,
    const float* target,
    const uint8* mask,
    const Parts& of,
    double* partial,
    int* histogram,
    int bins) {
  sumPart<NORMALS_SUMS>(mask, of, partial, [=](int64 i, double* sums) {
    const T* a = prediction + 3 * i;
    const float* b = target + 3 * i;
    double degrees = degreesBetween(widen(a[0]), widen(a[1]), widen(a[2]), b[0], b[1], b[2]);
    addAngle(degrees, histogram, bins, sums);
  });
}

// Depth must move sizeof(T) + 4 bytes for each pixel, normals 3 sizeof(T) + 12, and 1 for a mask.
#define ENTRIES(T, SUFFIX)                                                                                       \
  ENTRY depth_##SUFFIX(                                                                                          \
      const T* prediction, const float* target, const uint8* mask, Parts of, float minimum, double* partial) {   \
    depth(prediction, target, mask, of, minimum, partial);                                                       \
  }                                                                                                              \
  ENTRY normals_##SUFFIX(                                                                                        \
      const T* prediction,                                                                                       \
      const float* target,                                                                                       \
      const uint8* mask,                                                                                         \
      Parts of,                                                                                                  \
      double* partial,                                                                                           \
      int* histogram,                                                                                            \
      int bins) {                                                                                                \
    normals(prediction, target, mask, of, partial, histogram, bins);                                             \
  }

ENTRIES(float, f32)
ENTRIES(bfloat16, bf16)
