// Optimiser steps over many tensors at once.
//
// Networks have hundreds of tensors, most of them tiny: a launch for each would cost more than the arithmetic. So one
// launch takes as many tensors as kernel parameters hold (4 KB), and each block a stretch of one of them. All is bound
// by memory: every element of every list moves once, in packs of 16 bytes, and a pack of each list is under way at a
// time.
#include "common.cuh"

constexpr int BLOCK = 256;

// Packs of each list that a thread takes, and the elements of a block.
constexpr int TURNS = 2;
constexpr int STRETCH = BLOCK * TURNS * PACK<float>;

// Element i of each list belongs together: at[0] are the parameters.
constexpr int LISTS = 4;
constexpr int MOST = 80;

struct Tensors {
  int count;
  int firstBlock[MOST];
  int64 size[MOST];
  float* at[LISTS][MOST];
};

// Where a block works: elements [first, end) of a tensor.
struct Stretch {
  int tensor;
  int64 first;
  int64 end;
};

DEVICE Stretch stretchOf(const Tensors& tensors) {
  int block = blockIdx.x;
  int low = 0;
  int high = tensors.count;
  while (high - low > 1) {
    int middle = (low + high) / 2;
    if (tensors.firstBlock[middle] <= block) {
      low = middle;
    } else {
      high = middle;
    }
  }
  int64 first = static_cast<int64>(block - tensors.firstBlock[low]) * STRETCH;
  int64 size = tensors.size[low];
  return {low, first, first + STRETCH < size ? first + STRETCH : size};
}

// A value of each list; f changes some of them.
struct Values {
  float at[LISTS];
};

DEVICE constexpr bool has(int lists, int list) { return (lists >> list & 1) != 0; }

// READ and WRITTEN are sets of lists, one bit each.
template <int READ, int WRITTEN, int N, class F>
DEVICE void updatePack(const Tensors& tensors, int tensor, int64 first, F f) {
  Pack<float, N> pack[LISTS] = {};
  for (int list = 0; list < LISTS; list++) {
    if (has(READ, list)) {
      pack[list] = load<float, N>(tensors.at[list][tensor] + first);
    }
  }
  for (int e = 0; e < N; e++) {
    Values values;
    for (int list = 0; list < LISTS; list++) {
      values.at[list] = pack[list].at[e];
    }
    f(values);
    for (int list = 0; list < LISTS; list++) {
      pack[list].at[e] = values.at[list];
    }
  }
  for (int list = 0; list < LISTS; list++) {
    if (has(WRITTEN, list)) {
      store(tensors.at[list][tensor] + first, pack[list]);
    }
  }
}

template <int READ, int WRITTEN, class F>
DEVICE void update(const Tensors& tensors, F f) {
  constexpr int N = PACK<float>;
  Stretch stretch = stretchOf(tensors);
  int64 first = stretch.first + threadIdx.x * N;
#pragma unroll
  for (int turn = 0; turn < TURNS; turn++, first += BLOCK * N) {
    if (first + N <= stretch.end) {
      updatePack<READ, WRITTEN, N>(tensors, stretch.tensor, first, f);
    } else {
      for (int64 i = first; i < stretch.end; i++) {
        updatePack<READ, WRITTEN, 1>(tensors, stretch.tensor, i, f);
      }
    }
  }
}

// ---- A verdict on the step: where the first number is not 0, nothing is changed. May be null.

constexpr int HALTED = 0;
constexpr int CULPRIT = 1;
constexpr int FACTOR = 2;

DEVICE bool isHalted(const float* verdict) { return verdict != nullptr && verdict[HALTED] != 0; }

DEVICE bool isFinite(double x) { return x - x == 0; }

// ---- SGD: lists are parameters, gradients and, with momentum, velocities. The numbers lie in memory, so that a captured
// step gets new ones.

struct Sgd {
  float rate;
  float momentum;
  float dampening;
  float nesterov;
  float decay;
};

// Moves 3 n elements.
ENTRY sgd(Tensors tensors, const Sgd* numbers, const float* verdict) {
  if (isHalted(verdict)) {
    return;
  }
  float rate = numbers->rate;
  float decay = numbers->decay;
  update<0b11, 0b1>(tensors, [=](Values& v) {
    float& w = v.at[0];
    w -= rate * (v.at[1] + decay * w);
  });
}

// Nesterov's rule looks ahead along the velocity.
DEVICE void stepAlong(Values& v, float gradient, const Sgd& s) {
  v.at[0] -= s.rate * (s.nesterov != 0 ? gradient + s.momentum * v.at[2] : v.at[2]);
}

// The first step: what the velocities hold is not read. Moves 4 n elements.
ENTRY sgd_first(Tensors tensors, const Sgd* numbers, const float* verdict) {
  if (isHalted(verdict)) {
    return;
  }
  Sgd s = *numbers;
  update<0b11, 0b101>(tensors, [=](Values& v) {
    float g = v.at[1] + s.decay * v.at[0];
    v.at[2] = g;
    stepAlong(v, g, s);
  });
}

// Moves 5 n elements.
ENTRY sgd_momentum(Tensors tensors, const Sgd* numbers, const float* verdict) {
  if (isHalted(verdict)) {
    return;
  }
  Sgd s = *numbers;
  float fresh = 1 - s.dampening;
  update<0b111, 0b101>(tensors, [=](Values& v) {
    float g = v.at[1] + s.decay * v.at[0];
    v.at[2] = s.momentum * v.at[2] + fresh * g;
    stepAlong(v, g, s);
  });
}

// ---- Adam: lists are parameters, gradients, means and squares. The numbers of a step are made by the host.

struct Adam {
  float penalty;
  float shrink;
  float beta1;
  float fresh1;
  float beta2;
  float fresh2;
  float size;
  float correction;
  float eps;
};

// Moves 7 n elements.
ENTRY adam(Tensors tensors, const Adam* numbers, const float* verdict) {
  if (isHalted(verdict)) {
    return;
  }
  Adam s = *numbers;
  update<0b1111, 0b1101>(tensors, [=](Values& v) {
    float& w = v.at[0];
    float g = v.at[1] + s.penalty * w;
    float mean = v.at[2] * s.beta1 + g * s.fresh1;
    float square = v.at[3] * s.beta2 + g * g * s.fresh2;
    v.at[2] = mean;
    v.at[3] = square;
    w = w * s.shrink - mean / (sqrtf(square) * s.correction + s.eps) * s.size;
  });
}

// ---- The rest.

// Moves 3 n elements.
ENTRY average(Tensors tensors, float decay, const float* verdict) {
  if (isHalted(verdict)) {
    return;
  }
  update<0b11, 0b1>(tensors, [=](Values& v) { v.at[0] = v.at[0] * decay + v.at[1] * (1 - decay); });
}

// Moves 2 n elements.
ENTRY scale(Tensors tensors, float factor) {
  update<0b1, 0b1>(tensors, [=](Values& v) { v.at[0] *= factor; });
}

// By the factor of the verdict; mostly that is 1 and nothing is moved.
ENTRY scale_by_verdict(Tensors tensors, const float* verdict) {
  float factor = verdict[FACTOR];
  if (isHalted(verdict) || factor == 1) {
    return;
  }
  update<0b1, 0b1>(tensors, [=](Values& v) { v.at[0] *= factor; });
}

// partial[block] is the sum over its stretch, in float64 as float32 would overflow, and owners[block] the number of the
// tensor, counted from `first` on. Moves n elements.
ENTRY sum_of_squares(Tensors tensors, double* partial, int* owners, int first) {
  double sum = 0;
  update<0b1, 0>(tensors, [&](Values& v) { sum += static_cast<double>(v.at[0]) * v.at[0]; });
  sum = blockSum(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sum;
    owners[blockIdx.x] = first + stretchOf(tensors).tensor;
  }
}

// One block.
ENTRY sum_partial(const double* partial, int n, double* total) {
  double sum = 0;
  for (int i = threadIdx.x; i < n; i += BLOCK) {
    sum += partial[i];
  }
  sum = blockSum(sum);
  if (threadIdx.x == 0) {
    *total = sum;
  }
}

// Decides on a step: one block. The factor brings the norm of all gradients down to maxNorm. The step is halted, as all
// later ones, if a loss or the norm is not finite; the culprit is then the first such gradient, or -1 for a loss.
ENTRY judge(const double* partial, const int* owners, int n, const float* losses, int lossCount, double maxNorm,
            double eps, float* verdict) {
  if (verdict[HALTED] != 0) {
    return;
  }
  constexpr int NONE = 0x7fffffff;
  __shared__ int lost[BLOCK];
  double sum = 0;
  int culprit = NONE;
  for (int i = threadIdx.x; i < n; i += BLOCK) {
    sum += partial[i];
    if (!isFinite(partial[i]) && owners[i] < culprit) {
      culprit = owners[i];
    }
  }
  for (int i = threadIdx.x; i < lossCount; i += BLOCK) {
    culprit = isFinite(losses[i]) ? culprit : -1;
  }
  lost[threadIdx.x] = culprit;
  sum = blockSum(sum);
  if (threadIdx.x == 0) {
    for (int t = 0; t < BLOCK; t++) {
      culprit = lost[t] < culprit ? lost[t] : culprit;
    }
    double norm = sqrt(sum);
    verdict[HALTED] = culprit == NONE ? 0 : 1;
    verdict[CULPRIT] = culprit == NONE ? -1 : static_cast<float>(culprit);
    verdict[FACTOR] = culprit == NONE && norm + eps > maxNorm ? static_cast<float>(maxNorm / (norm + eps)) : 1;
  }
}
