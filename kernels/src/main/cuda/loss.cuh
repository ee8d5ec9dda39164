// What the losses share, plain and on upsampled predictions: penalties, and how sums travel between kernels.
//
// A loss is the sum of its terms over the sum of its weights, and its gradient is known only with the latter. A pass over
// labels or mask, which are a fraction of what follows, leaves one partial sum for each of its blocks; each block of the
// main kernel adds those up in the same order, so all of them have the same scale. The main kernel's blocks leave
// partial sums of the loss, which `finish` adds up. Partial sums are float64; nothing goes through the host.
#pragma once
#include "common.cuh"

// ---- Across a block.

// All values combined, in every thread; for what does not depend on the order, as a maximum does.
template <class S, class F>
DEVICE S blockFold(S value, F combine) {
  __shared__ S partial[WARP];
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value = combine(value, __shfl_xor_sync(ALL_LANES, value, distance));
  }
  __syncthreads();  // the last call's results have been read
  if (threadIdx.x % WARP == 0) {
    partial[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  value = partial[0];
  for (unsigned warp = 1; warp < blockDim.x / WARP; warp++) {
    value = combine(value, partial[warp]);
  }
  return value;
}

DEVICE float blockLargest(float value) {
  return blockFold(value, [](float a, float b) { return larger(a, b); });
}

// ---- From kernel to kernel.

// The sum of what an earlier kernel's blocks have left, the same in every block.
DEVICE double sumOf(const double* parts, int count) {
  double sum = 0;
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    sum += parts[i];
  }
  return blockSum(sum);
}

// As sumOf; 0 is the least.
DEVICE float largestOf(const float* parts, int count) {
  float most = 0;
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    most = larger(most, parts[i]);
  }
  return blockLargest(most);
}

// What a loss is divided by: the partial sums of a pass before, or a number that the host knows.
struct Weights {
  const double* parts;  // null: `known` it is
  int count;
  double known;

  DEVICE double total() const { return parts == nullptr ? known : sumOf(parts, count); }

  // The factor of each gradient; 0 where nothing counts.
  DEVICE float scale() const {
    double sum = total();
    return sum == 0 ? 0 : static_cast<float>(1 / sum);
  }
};

// Leaves the block's sum to the next kernel. Blocks behind the first in y have other channels and no sums of their own.
DEVICE void leave(double sum, double* parts) {
  double all = blockSum(sum);
  if (threadIdx.x == 0 && blockIdx.y == 0) {
    parts[blockIdx.x] = all;
  }
}

// ---- Penalties on an error e, and their slopes.

constexpr float BEND = 0.2f;  // of reverse Huber, as a share of the largest error

DEVICE float sign(float e) { return e > 0 ? 1 : (e < 0 ? -1 : e); }

struct L1 {
  DEVICE explicit L1(float) {}
  DEVICE float value(float e) const { return fabsf(e); }
  DEVICE float slope(float e) const { return sign(e); }
};

struct L2 {
  DEVICE explicit L2(float) {}
  DEVICE float value(float e) const { return e * e; }
  DEVICE float slope(float e) const { return 2 * e; }
};

struct BerHu {
  float bend;

  DEVICE explicit BerHu(float largest) : bend(BEND * largest) {}
  DEVICE float value(float e) const { return fabsf(e) > bend ? (e * e + bend * bend) / (2 * bend) : fabsf(e); }
  DEVICE float slope(float e) const { return fabsf(e) > bend ? e / bend : sign(e); }
};

// ---- Softmax.

DEVICE float negativeInfinity() { return __uint_as_float(0xff800000u); }

// exp(x) for x <= 0, by the special function unit: its error, relative to 1, is below that of float32.
DEVICE float expOfNegative(float x) { return __expf(x); }

// Labels out of range are left out here; they are reported where labels are weighed.
DEVICE bool isClass(int label, int classes) { return static_cast<uint32>(label) < static_cast<uint32>(classes); }

// How much a pixel counts; 0 is left out, whatever it holds.
DEVICE float weightOf(int label, int classes, int ignore, const float* classWeights) {
  if (label == ignore || !isClass(label, classes)) {
    return 0;
  }
  return classWeights == nullptr ? 1 : classWeights[label];
}

// ---- Cosine.

constexpr float SHORTEST = 1e-8f;  // shorter predictions count as this long

// 1 - cos and its slope `outer * (radial * prediction - target)`, of the products of a prediction.
struct Cosine {
  float term, outer, radial;

  DEVICE Cosine(float dot, float square) {
    float norm = sqrtf(square);
    outer = 1 / (norm < SHORTEST ? SHORTEST : norm);
    float cosine = dot * outer;
    // A length below the shortest is taken for a constant, as it does not change with the prediction.
    radial = norm < SHORTEST ? 0 : cosine * outer;
    term = 1 - cosine;
  }
};
