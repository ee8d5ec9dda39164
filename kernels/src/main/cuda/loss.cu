// Losses over pixels with their gradients in the same pass.
//
// All of them are bound by memory. The prediction is read once and its gradient written once: what a row needs several
// times (the softmax its logits, the cosine its vector) waits in shared memory. `loss.cuh` tells how the sum of weights
// gets there beforehand. Bytes that must move for n predictions of type T: cross-entropy over K classes
// 2 n sizeof(T) + 2 * 4 n/K, cosine 2 n sizeof(T) + 4 n, L1 and L2 the same, reverse Huber n sizeof(T) + 4 n more for the
// largest error; a mask is read twice.
#include "loss.cuh"

// ---- Passes before: sums of weights.

// Weights of the labels that count, and the first label that is neither a class nor `ignore`, n if none is.
// Must move 4 n bytes.
ENTRY weigh_labels(const int* labels, int64 n, int classes, int ignore, const float* classWeights, double* parts,
                   int64* outside) {
  double sum = 0;
  int64 first = n;
  for (int64 i = globalThread() * 4; i < n; i += allThreads() * 4) {
    Pack<int, 4> pack;
    int here = n - i < 4 ? static_cast<int>(n - i) : 4;
    if (here == 4) {
      pack = load<int, 4>(labels + i);
    } else {
      for (int k = 0; k < 4; k++) {
        pack.at[k] = k < here ? labels[i + k] : ignore;
      }
    }
    float weights = 0;
    for (int k = 3; k >= 0; k--) {
      weights += weightOf(pack.at[k], classes, ignore, classWeights);
      if (pack.at[k] != ignore && !isClass(pack.at[k], classes) && i + k < first) {
        first = i + k;
      }
    }
    sum += weights;
  }
  leave(sum, parts);
  first = blockFold(first, [](int64 a, int64 b) { return a < b ? a : b; });
  if (threadIdx.x == 0) {
    outside[blockIdx.x] = first;
  }
}

// Must move n bytes.
ENTRY count_valid(const uint8* mask, int64 n, double* parts) {
  constexpr int N = PACK<uint8>;
  double sum = 0;
  for (int64 i = globalThread() * N; i < n; i += allThreads() * N) {
    int count = 0;
    if (i + N <= n) {
      Pack<uint8, N> pack = load(mask + i);
      for (int k = 0; k < N; k++) {
        count += pack.at[k] != 0;
      }
    } else {
      for (int64 k = i; k < n; k++) {
        count += mask[k] != 0;
      }
    }
    sum += count;
  }
  leave(sum, parts);
}

// ---- Element by element.

constexpr int FEW = 4;  // elements of a thread at a time: 16 bytes of the target

// Calls visit(i, error, valid) for each element, 0 where it is not valid, in packs.
template <class T, class F>
DEVICE void forEachError(const T* prediction, const float* target, const uint8* mask, int64 n, F visit) {
  for (int64 i = globalThread() * FEW; i < n; i += allThreads() * FEW) {
    float error[FEW];
    bool valid[FEW];
    if (i + FEW <= n) {
      Pack<T, FEW> p = load<T, FEW>(prediction + i);
      Pack<float, FEW> t = load<float, FEW>(target + i);
      Pack<uint8, FEW> m = mask == nullptr ? Pack<uint8, FEW>{{1, 1, 1, 1}} : load<uint8, FEW>(mask + i);
      for (int k = 0; k < FEW; k++) {
        valid[k] = m.at[k] != 0;
        error[k] = valid[k] ? widen(p.at[k]) - t.at[k] : 0;
      }
    } else {
      for (int k = 0; k < FEW; k++) {
        valid[k] = i + k < n && (mask == nullptr || mask[i + k] != 0);
        error[k] = valid[k] ? widen(prediction[i + k]) - target[i + k] : 0;
      }
    }
    visit(i, error, valid);
  }
}

// The largest |e|, and on the way the number of valid elements.
template <class T>
DEVICE void largestError(const T* prediction, const float* target, const uint8* mask, int64 n, double* parts,
                         float* largest) {
  double count = 0;
  float most = 0;
  forEachError(prediction, target, mask, n, [&](int64, const float* error, const bool* valid) {
    int here = 0;
    for (int k = 0; k < FEW; k++) {
      here += valid[k];
      most = larger(most, fabsf(error[k]));
    }
    count += here;
  });
  leave(count, parts);
  most = blockLargest(most);
  if (threadIdx.x == 0) {
    largest[blockIdx.x] = most;
  }
}

template <class T, class P>
DEVICE void regression(const T* prediction, const float* target, const uint8* mask, int64 n, T* gradient,
                       Weights weights, P penalty, double* losses) {
  float scale = weights.scale();
  double sum = 0;
  forEachError(prediction, target, mask, n, [&](int64 i, const float* error, const bool*) {
    float terms = 0;
    Pack<T, FEW> slopes;
    for (int k = 0; k < FEW; k++) {
      terms += penalty.value(error[k]);
      slopes.at[k] = narrow<T>(scale * penalty.slope(error[k]));
    }
    sum += terms;
    if (gradient != nullptr) {
      if (i + FEW <= n) {
        store(gradient + i, slopes);
      } else {
        for (int k = 0; k < FEW; k++) {
          if (i + k < n) {
            gradient[i + k] = slopes.at[k];
          }
        }
      }
    }
  });
  leave(sum, losses);
}

// ---- Row by row.

// The lanes that work on a row together, a power of two of them within a warp; lane k has elements k, k + count, ...
struct Group {
  int lane, count;

  DEVICE explicit Group(int lanes) : lane(threadIdx.x % lanes), count(lanes) {}

  DEVICE float sum(float value) const {
    for (int distance = count / 2; distance > 0; distance /= 2) {
      value += __shfl_xor_sync(ALL_LANES, value, distance);
    }
    return value;
  }

  // NaNs lose, as with fmaxf.
  DEVICE float largest(float value) const {
    for (int distance = count / 2; distance > 0; distance /= 2) {
      value = fmaxf(value, __shfl_xor_sync(ALL_LANES, value, distance));
    }
    return value;
  }
};

// A row of predictions and where its gradient goes, which may be the same place. `active` is false in lanes that have no
// row of their own and only keep others company: they read a neighbour's and write nothing.
template <class X, class G>
struct Row {
  const X* x;
  G* gradient;
  int64 number;
  int length;
  bool active;

  DEVICE void put(int k, float slope) const {
    if (active && gradient != nullptr) {
      gradient[k] = narrow<G>(slope);
    }
  }
};

struct CrossEntropy {
  const int* labels;
  int ignore;
  const float* classWeights;
  float scale;

  // This lane's part of the loss.
  template <class X, class G>
  DEVICE float operator()(const Row<X, G>& row, const Group& group) const {
    int label = labels[row.number];
    float weight = weightOf(label, row.length, ignore, classWeights);
    float most = negativeInfinity();
    float own = 0;
    for (int k = group.lane; k < row.length; k += group.count) {
      float x = widen(row.x[k]);
      most = fmaxf(most, x);
      own = k == label ? x : own;
    }
    most = group.largest(most);
    float sum = 0;
    for (int k = group.lane; k < row.length; k += group.count) {
      sum += expOfNegative(widen(row.x[k]) - most);
    }
    sum = group.sum(sum);
    float factor = weight * scale;
    float share = factor / sum;
    for (int k = group.lane; k < row.length; k += group.count) {
      float slope = expOfNegative(widen(row.x[k]) - most) * share - (k == label ? factor : 0);
      row.put(k, weight == 0 ? 0 : slope);
    }
    bool mine = row.active && weight != 0 && label % group.count == group.lane;
    return mine ? weight * (logf(sum) + (most - own)) : 0;
  }
};

struct CosineDistance {
  const float* target;
  const uint8* mask;
  float scale;

  // This lane's part of the loss.
  template <class X, class G>
  DEVICE float operator()(const Row<X, G>& row, const Group& group) const {
    const float* t = target + row.number * row.length;
    bool valid = mask == nullptr || mask[row.number] != 0;
    float dot = 0;
    float square = 0;
    for (int k = group.lane; k < row.length; k += group.count) {
      float x = widen(row.x[k]);
      dot += x * t[k];
      square += x * x;
    }
    Cosine cosine(group.sum(dot), group.sum(square));
    for (int k = group.lane; k < row.length; k += group.count) {
      float slope = scale * cosine.outer * (cosine.radial * widen(row.x[k]) - t[k]);
      row.put(k, valid ? slope : 0);
    }
    return row.active && valid && group.lane == 0 ? cosine.term : 0;
  }
};

constexpr int THREADS = 256;
constexpr int LONGEST = 1024;               // rows that go through shared memory
constexpr int TILE = 8 * (LONGEST + 1);     // floats: as many rows at least, each padded

// Rows of shared memory are an odd number of floats apart, so that threads that read each another row meet other banks.
struct RowTile {
  int length, stride, rows, lanes;

  DEVICE explicit RowTile(int length) : length(length), stride(length | 1) {
    // A multiple of 8, so that each tile begins on 16 bytes.
    rows = min(THREADS, TILE / stride / 8 * 8);
    lanes = 1;
    while (lanes < WARP && 2 * lanes * rows <= THREADS) {
      lanes *= 2;
    }
  }

  // Where flat element i lies.
  DEVICE int place(int i) const { return stride == length ? i : i + i / length; }

  template <class T>
  DEVICE void read(const T* x, int count, float* tile) const {
    constexpr int N = PACK<T>;
    int n = count * length;
    for (int i = threadIdx.x * N; i < n; i += THREADS * N) {
      if (i + N <= n) {
        Pack<T, N> pack = load(x + i);
        for (int k = 0; k < N; k++) {
          tile[place(i + k)] = widen(pack.at[k]);
        }
      } else {
        for (int k = i; k < n; k++) {
          tile[place(k)] = widen(x[k]);
        }
      }
    }
  }

  template <class T>
  DEVICE void write(const float* tile, int count, T* y) const {
    constexpr int N = PACK<T>;
    int n = count * length;
    for (int i = threadIdx.x * N; i < n; i += THREADS * N) {
      if (i + N <= n) {
        Pack<T, N> pack;
        for (int k = 0; k < N; k++) {
          pack.at[k] = narrow<T>(tile[place(i + k)]);
        }
        store(y + i, pack);
      } else {
        for (int k = i; k < n; k++) {
          y[k] = narrow<T>(tile[place(k)]);
        }
      }
    }
  }
};

// Rows of up to LONGEST, a tile at a time: short ones have a thread each, longer ones a group. Global memory sees packs in
// a row only; the gradient takes the prediction's place in the tile.
template <class T, class L>
DEVICE void rowsInTiles(const T* x, T* gradient, int64 rows, int length, const L& loss, double* losses) {
  __shared__ float floats[TILE];
  RowTile tile(length);
  Group group(tile.lanes);
  int row = threadIdx.x / tile.lanes;
  double sum = 0;
  for (int64 first = blockIdx.x * static_cast<int64>(tile.rows); first < rows;
       first += gridDim.x * static_cast<int64>(tile.rows)) {
    int count = static_cast<int>(min(static_cast<int64>(tile.rows), rows - first));
    tile.read(x + first * length, count, floats);
    __syncthreads();
    bool active = row < count;
    int here = active ? row : 0;
    float* at = floats + here * tile.stride;
    float* to = gradient == nullptr ? nullptr : at;
    // An idle thread looks at no element: others overwrite theirs with gradients meanwhile.
    sum += loss(Row<float, float>{at, to, first + here, active ? length : 0, active}, group);
    __syncthreads();
    if (gradient != nullptr) {
      tile.write(floats, count, gradient + first * length);
      __syncthreads();
    }
  }
  leave(sum, losses);
}

// Rows of any length, a warp each, which reads its row several times: the cache has it after the first.
template <class T, class L>
DEVICE void rowsByWarps(const T* x, T* gradient, int64 rows, int length, const L& loss, double* losses) {
  Group group(WARP);
  double sum = 0;
  for (int64 row = globalThread() / WARP; row < rows; row += allThreads() / WARP) {
    T* to = gradient == nullptr ? nullptr : gradient + row * length;
    sum += loss(Row<T, T>{x + row * length, to, row, length, true}, group);
  }
  leave(sum, losses);
}

// ---- The mean, by one block, of as many partial sums as there were blocks.

DEVICE void finishMean(const double* losses, int count, Weights weights, float* loss) {
  double total = weights.total();
  double sum = sumOf(losses, count);
  if (threadIdx.x == 0) {
    *loss = total == 0 ? 0 : static_cast<float>(sum / total);
  }
}

ENTRY finish(const double* losses, int count, const double* parts, int partCount, double known, float* loss) {
  finishMean(losses, count, {parts, partCount, known}, loss);
}

// Reports the first label out of range too: it is the same one in whatever order blocks ran.
ENTRY finish_labels(const double* losses, int count, const double* parts, int partCount, float* loss,
                    const int64* outside, const int* labels, int64 n, Fault* fault, int message) {
  finishMean(losses, count, {parts, partCount, 0}, loss);
  int64 first = n;
  for (int i = threadIdx.x; i < partCount; i += blockDim.x) {
    first = min(first, outside[i]);
  }
  first = blockFold(first, [](int64 a, int64 b) { return a < b ? a : b; });
  if (threadIdx.x == 0 && first < n) {
    report(fault, message, labels[first], first);
  }
}

// Must move n (2 sizeof(T) + 4) bytes, and n for a mask; without a gradient n sizeof(T) fewer.
#define REGRESSION_ENTRY(NAME, PENALTY, T, SUFFIX)                                                                      \
  ENTRY regression_##NAME##_##SUFFIX(const T* prediction, const float* target, const uint8* mask, int64 n, T* gradient, \
                                     const double* parts, int count, double known, const float* largest,                \
                                     double* losses) {                                                                  \
    PENALTY penalty(largest == nullptr ? 0 : largestOf(largest, count));                                                \
    regression(prediction, target, mask, n, gradient, Weights{parts, count, known}, penalty, losses);                   \
  }

// Cross-entropy must move 2 sizeof(T) rows classes + 4 rows bytes, the cosine 2 sizeof(T) rows length +
// 4 rows length, and rows for a mask.
#define ROW_ENTRIES(NAME, ROWS, T, SUFFIX)                                                                            \
  ENTRY cross_entropy_##NAME##_##SUFFIX(const T* logits, const int* labels, int64 rows, int classes, int ignore,      \
                                        const float* classWeights, T* gradient, const double* parts, int count,       \
                                        double* losses) {                                                             \
    CrossEntropy loss{labels, ignore, classWeights, Weights{parts, count, 0}.scale()};                                \
    ROWS(logits, gradient, rows, classes, loss, losses);                                                              \
  }                                                                                                                   \
  ENTRY cosine_##NAME##_##SUFFIX(const T* prediction, const float* target, const uint8* mask, int64 rows, int length, \
                                 T* gradient, const double* parts, int count, double known, double* losses) {         \
    CosineDistance loss{target, mask, Weights{parts, count, known}.scale()};                                          \
    ROWS(prediction, gradient, rows, length, loss, losses);                                                           \
  }

// The largest error must move n (sizeof(T) + 4) bytes, and n for a mask.
#define ENTRIES(T, SUFFIX)                                                                                     \
  ENTRY largest_error_##SUFFIX(const T* prediction, const float* target, const uint8* mask, int64 n,           \
                               double* parts, float* largest) {                                                \
    largestError(prediction, target, mask, n, parts, largest);                                                 \
  }                                                                                                            \
  REGRESSION_ENTRY(l1, L1, T, SUFFIX)                                                                          \
  REGRESSION_ENTRY(l2, L2, T, SUFFIX)                                                                          \
  REGRESSION_ENTRY(berhu, BerHu, T, SUFFIX)                                                                    \
  ROW_ENTRIES(tiled, rowsInTiles, T, SUFFIX)                                                                   \
  ROW_ENTRIES(wide, rowsByWarps, T, SUFFIX)

ENTRIES(float, f32)
ENTRIES(bfloat16, bf16)
