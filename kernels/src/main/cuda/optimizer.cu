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

// ---- SGD: lists are parameters, gradients and, with momentum, velocities.

// Moves 3 n elements.
ENTRY sgd(Tensors tensors, float rate, float decay) {
  update<0b11, 0b1>(tensors, [=](Values& v) {
    float& w = v.at[0];
    w -= rate * (v.at[1] + decay * w);
  });
}

// Nesterov's rule looks ahead along the velocity.
DEVICE void stepAlong(Values& v, float gradient, float rate, float momentum, int nesterov) {
  v.at[0] -= rate * (nesterov ? gradient + momentum * v.at[2] : v.at[2]);
}

// The first step: what the velocities hold is not read. Moves 4 n elements.
ENTRY sgd_first(Tensors tensors, float rate, float decay, float momentum, int nesterov) {
  update<0b11, 0b101>(tensors, [=](Values& v) {
    float g = v.at[1] + decay * v.at[0];
    v.at[2] = g;
    stepAlong(v, g, rate, momentum, nesterov);
  });
}

// `fresh` is the share of the gradient in the velocity. Moves 5 n elements.
ENTRY sgd_momentum(Tensors tensors, float rate, float decay, float momentum, int nesterov, float fresh) {
  update<0b111, 0b101>(tensors, [=](Values& v) {
    float g = v.at[1] + decay * v.at[0];
    v.at[2] = momentum * v.at[2] + fresh * g;
    stepAlong(v, g, rate, momentum, nesterov);
  });
}

// ---- Adam: lists are parameters, gradients, means and squares. The numbers of a step are made by the host.

// Moves 7 n elements.
ENTRY adam(Tensors tensors, float penalty, float shrink, float beta1, float fresh1, float beta2, float fresh2, float size,
           float correction, float eps) {
  update<0b1111, 0b1101>(tensors, [=](Values& v) {
    float& w = v.at[0];
    float g = v.at[1] + penalty * w;
    float mean = v.at[2] * beta1 + g * fresh1;
    float square = v.at[3] * beta2 + g * g * fresh2;
    v.at[2] = mean;
    v.at[3] = square;
    w = w * shrink - mean / (sqrtf(square) * correction + eps) * size;
  });
}

// ---- The rest.

// Moves 3 n elements.
ENTRY average(Tensors tensors, float decay) {
  update<0b11, 0b1>(tensors, [=](Values& v) { v.at[0] = v.at[0] * decay + v.at[1] * (1 - decay); });
}

// Moves 2 n elements.
ENTRY scale(Tensors tensors, float factor) {
  update<0b1, 0b1>(tensors, [=](Values& v) { v.at[0] *= factor; });
}

// partial[block] is the sum over its stretch, in float64 as float32 would overflow. Moves n elements.
ENTRY sum_of_squares(Tensors tensors, double* partial) {
  double sum = 0;
  update<0b1, 0>(tensors, [&](Values& v) { sum += static_cast<double>(v.at[0]) * v.at[0]; });
  sum = blockSum(sum);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sum;
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
