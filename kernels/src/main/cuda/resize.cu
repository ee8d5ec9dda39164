// Resizing of images [N,H,W,C] with half-pixel centres, bilinear and nearest, and the gradients.
//
// Bound by memory: forward writes the output once and reads the input once, the backward pass the other way round. An
// element is read by several threads, but neighbours in the image are neighbours in time, so the caches serve all reads
// but the first. Positions are fractions of whole numbers: nothing is rounded before the weight, and the backward pass
// finds exactly the outputs that used an input. It gathers, in a fixed order, so there are no atomics.
//
// Extents are such that 2 in out fits 31 bits; the launcher sees to it.
#include "channels.cuh"

// The outputs [first, end) that an input takes part in.
struct Span {
  int first;
  int end;
};

// Output o samples (o + 1/2) in / out - 1/2 = ((2 o + 1) in - out) / (2 out), clamped to the image.
struct Bilinear {
  // Two neighbours; `weight` is the share of the right one.
  struct Taps {
    int left;
    int right;
    float weight;
  };

  static DEVICE Taps taps(int o, int in, int out) {
    int numerator = max((2 * o + 1) * in - out, 0);
    int left = numerator / (2 * out);
    int rest = numerator - left * 2 * out;
    bool last = left == in - 1;
    return Taps{left, last ? left : left + 1, last ? 0 : static_cast<float>(rest) / static_cast<float>(2 * out)};
  }

  // Those whose centre is less than a pixel away; at the border also those beyond it.
  static DEVICE Span outputs(int i, int in, int out) {
    uint32 width = in;
    uint32 before = i == 0 ? 0 : out * (2u * i - 1);
    uint32 after = out * (2u * i + 3);
    return Span{i == 0 ? 0 : static_cast<int>((before / width + 1) / 2),
                i == in - 1 ? out : static_cast<int>((after + width - 1) / width / 2)};
  }

  static DEVICE float share(int i, int o, int in, int out) {
    int distance = (2 * o + 1) * in - out - 2 * out * i;
    bool beyond = (i == 0 && distance < 0) || (i == in - 1 && distance > 0);
    int overlap = beyond ? 2 * out : 2 * out - abs(distance);
    return static_cast<float>(overlap) / static_cast<float>(2 * out);
  }
};

// Output o is input floor(o in / out).
struct Nearest {
  static DEVICE int tap(int o, int in, int out) { return o * in / out; }

  static DEVICE Span outputs(int i, int in, int out) {
    return Span{(i * out + in - 1) / in, (i * out + out + in - 1) / in};
  }

  static DEVICE float share(int, int, int, int) { return 1; }
};

struct Extents {
  int inHeight;
  int inWidth;
  int outHeight;
  int outWidth;
  int channels;
};

// A weight of 0 must not let an infinite neighbour through.
DEVICE float mix(float a, float b, float weight) { return weight == 0 ? a : fmaf(weight, b, (1 - weight) * a); }

template <class T, int N>
DEVICE void bilinear(const T* x, T* y, const Extents& s) {
  Place at = place<N>(s.outHeight, s.outWidth, s.channels);
  if (!at.inside) {
    return;
  }
  Bilinear::Taps v = Bilinear::taps(at.row, s.inHeight, s.outHeight);
  Bilinear::Taps h = Bilinear::taps(at.column, s.inWidth, s.outWidth);
  const T* top = x + offset(at.image, v.left, 0, at.channel, s.inHeight, s.inWidth, s.channels);
  const T* bottom = x + offset(at.image, v.right, 0, at.channel, s.inHeight, s.inWidth, s.channels);
  int64 left = static_cast<int64>(h.left) * s.channels;
  int64 right = static_cast<int64>(h.right) * s.channels;
  Pack<T, N> topLeft = load<T, N>(top + left);
  Pack<T, N> topRight = load<T, N>(top + right);
  Pack<T, N> bottomLeft = load<T, N>(bottom + left);
  Pack<T, N> bottomRight = load<T, N>(bottom + right);
  float out[N];
  for (int e = 0; e < N; e++) {
    float leftSide = mix(widen(topLeft.at[e]), widen(bottomLeft.at[e]), v.weight);
    float rightSide = mix(widen(topRight.at[e]), widen(bottomRight.at[e]), v.weight);
    out[e] = mix(leftSide, rightSide, h.weight);
  }
  storeNarrow(y + offset(at.image, at.row, at.column, at.channel, s.outHeight, s.outWidth, s.channels), out);
}

template <class T, int N>
DEVICE void nearest(const T* x, T* y, const Extents& s) {
  Place at = place<N>(s.outHeight, s.outWidth, s.channels);
  if (at.inside) {
    int row = Nearest::tap(at.row, s.inHeight, s.outHeight);
    int column = Nearest::tap(at.column, s.inWidth, s.outWidth);
    store(y + offset(at.image, at.row, at.column, at.channel, s.outHeight, s.outWidth, s.channels),
          load<T, N>(x + offset(at.image, row, column, at.channel, s.inHeight, s.inWidth, s.channels)));
  }
}

// A thread for each pack of dx.
template <class Mode, class T, int N>
DEVICE void gather(const T* dy, T* dx, const Extents& s) {
  Place at = place<N>(s.inHeight, s.inWidth, s.channels);
  if (!at.inside) {
    return;
  }
  Span rows = Mode::outputs(at.row, s.inHeight, s.outHeight);
  Span columns = Mode::outputs(at.column, s.inWidth, s.outWidth);
  float sum[N] = {};
  for (int i = rows.first; i < rows.end; i++) {
    float rowShare = Mode::share(at.row, i, s.inHeight, s.outHeight);
    const T* row = dy + offset(at.image, i, 0, at.channel, s.outHeight, s.outWidth, s.channels);
    for (int j = columns.first; j < columns.end; j++) {
      float share = rowShare * Mode::share(at.column, j, s.inWidth, s.outWidth);
      addScaled(sum, share, row + static_cast<int64>(j) * s.channels);
    }
  }
  storeNarrow(dx + offset(at.image, at.row, at.column, at.channel, s.inHeight, s.inWidth, s.channels), sum);
}

// A block for LANES packs of a pixel of dx, where there are few of them and many outputs for each.
template <class Mode, class T, int N>
DEVICE void gatherTogether(const T* dy, T* dx, const Extents& s) {
  int64 image = blockIdx.x / (s.inHeight * s.inWidth);
  int pixel = blockIdx.x % (s.inHeight * s.inWidth);
  int row = pixel / s.inWidth;
  int column = pixel % s.inWidth;
  int channel = (blockIdx.y * LANES + lane()) * N;
  float sum[N] = {};
  if (channel < s.channels) {
    Span rows = Mode::outputs(row, s.inHeight, s.outHeight);
    Span columns = Mode::outputs(column, s.inWidth, s.outWidth);
    int width = columns.end - columns.first;
    for (int t = team(); t < (rows.end - rows.first) * width; t += TEAMS) {
      int i = rows.first + t / width;
      int j = columns.first + t % width;
      float share = Mode::share(row, i, s.inHeight, s.outHeight) * Mode::share(column, j, s.inWidth, s.outWidth);
      addScaled(sum, share, dy + offset(image, i, j, channel, s.outHeight, s.outWidth, s.channels));
    }
  }
  sumOverTeams(sum);
  if (team() == 0 && channel < s.channels) {
    storeNarrow(dx + offset(image, row, column, channel, s.inHeight, s.inWidth, s.channels), sum);
  }
}

// Must move sizeof(T) (inHeight inWidth + outHeight outWidth) channels bytes for each image.
#define RESIZE_ENTRY(NAME, SUFFIX, T, BODY)                                                                    \
  ENTRY NAME##_##SUFFIX(const T* from, T* to, int inHeight, int inWidth, int outHeight, int outWidth,          \
                        int channels) {                                                                        \
    BODY(from, to, Extents{inHeight, inWidth, outHeight, outWidth, channels});                                 \
  }

#define RESIZE_ENTRIES(SUFFIX, T, N)                                                             \
  RESIZE_ENTRY(bilinear, SUFFIX, T, (bilinear<T, N>))                                            \
  RESIZE_ENTRY(nearest, SUFFIX, T, (nearest<T, N>))                                              \
  RESIZE_ENTRY(bilinear_backward, SUFFIX, T, (gather<Bilinear, T, N>))                           \
  RESIZE_ENTRY(nearest_backward, SUFFIX, T, (gather<Nearest, T, N>))                             \
  RESIZE_ENTRY(bilinear_backward_together, SUFFIX, T, (gatherTogether<Bilinear, T, N>))          \
  RESIZE_ENTRY(nearest_backward_together, SUFFIX, T, (gatherTogether<Nearest, T, N>))

RESIZE_ENTRIES(f32, float, PACK<float>)
RESIZE_ENTRIES(bf16, bfloat16, PACK<bfloat16>)
RESIZE_ENTRIES(single_f32, float, 1)
RESIZE_ENTRIES(single_bf16, bfloat16, 1)
