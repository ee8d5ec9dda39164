// Plays cuDNN, on the pretended driver: the functions for convolutions, and graphs of them, as the documentation defines them, with
// the checks of arguments that it lists. Sums are float64. Of its algorithms some are not deterministic, need more
// workspace than there is, or turn out not to be supported when they are to run.
#include <algorithm>
#include <vector>

#include "fake_numbers.h"

namespace {

using fake::calls;
using fake::refusals;
using fake::Elements;

enum Status {
  SUCCESS = 0,
  NOT_INITIALIZED = 1001,
  BAD_PARAM = 2000,
  NOT_SUPPORTED = 3000,
  EXECUTION_FAILED = 5000,
};

constexpr int FLOAT32 = 0;
constexpr int BFLOAT16 = 9;
constexpr int NHWC = 1;

enum Math { DEFAULT_MATH = 0, TENSOR_OP = 1, ALLOW_CONVERSION = 2, FMA = 3 };

struct Handle {
  void* stream = nullptr;
};

// Of a tensor [n,h,w,c], or of a filter [k,h,w,c].
struct Dims {
  int format = -1;
  int type = -1;
  int n = 0, c = 0, h = 0, w = 0;

  bool valid() const { return n > 0 && c > 0 && h > 0 && w > 0; }

  int64_t size() const { return static_cast<int64_t>(n) * c * h * w; }

  int64_t at(int64_t sample, int64_t row, int64_t column, int64_t channel) const {
    return ((sample * h + row) * w + column) * c + channel;
  }
};

struct Slide {
  int padH = 0, padW = 0, strideH = 0, strideW = 0, dilationH = 0, dilationW = 0;
  int mode = 0;
  int compute = -1;
  int groups = 1;
  int math = DEFAULT_MATH;
};

constexpr int RELU = 1;
constexpr int IDENTITY = 5;

struct ActivationMode {
  int mode = -1;
  int nan = -1;
  double bound = 0;
};

enum Direction { FORWARD, DATA, FILTER };

struct Perf {
  int algo;
  int status;
  float time;
  size_t memory;
  int determinism;
  int math;
  int reserved[3];
};

int extent(int in, int pad, int dilation, int kernel, int stride) {
  return (in + 2 * pad - (dilation * (kernel - 1) + 1)) / stride + 1;
}

// What is wrong with the operands together.
int check(const Handle* handle, const Dims& x, const Dims& w, const Slide& s, const Dims& y) {
  if (handle == nullptr) {
    return NOT_INITIALIZED;
  }
  bool fits = x.valid() && w.valid() && y.valid() && s.strideH > 0 && x.c == w.c * s.groups && y.c == w.n &&
              w.n % s.groups == 0 && x.n == y.n && y.h == extent(x.h, s.padH, s.dilationH, w.h, s.strideH) &&
              y.w == extent(x.w, s.padW, s.dilationW, w.w, s.strideW);
  if (!fits || s.mode != 1) {
    return BAD_PARAM;
  }
  bool one = x.type == w.type && w.type == y.type && s.compute == FLOAT32;
  bool layout = x.format == NHWC && w.format == NHWC && y.format == NHWC;
  return one && layout ? SUCCESS : NOT_SUPPORTED;
}

Perf perf(int algo, size_t memory, int determinism, int math, int status = SUCCESS) {
  return Perf{algo, status, -1.0f, memory, determinism, math, {}};
}

// The best first.
std::vector<Perf> algorithms(Direction direction, const Slide& s) {
  int math = s.math;
  bool dilated = s.dilationH > 1 || s.dilationW > 1;
  switch (direction) {
    case FORWARD: {
      std::vector<Perf> all;
      all.push_back(perf(7, 0, 1, math));                     // Winograd
      all.push_back(perf(2, size_t{1} << 40, 1, math));       // more than there is
      all.push_back(perf(1, 1000, 1, math, dilated ? NOT_SUPPORTED : SUCCESS));
      all.push_back(perf(0, 0, 1, math));
      return all;
    }
    case DATA:
      return {perf(0, 0, 0, math), perf(1, 777, 1, math)};
    default:
      return {perf(0, 0, 0, math), perf(3, 64, 0, math), perf(1, 4096, 1, math)};
  }
}

const Perf* find(const std::vector<Perf>& all, int algo) {
  for (const Perf& one : all) {
    if (one.algo == algo) {
      return &one;
    }
  }
  return nullptr;
}

int propose(Direction direction, void* handle, const Dims& x, const Dims& w, const Slide& s, const Dims& y, int most,
            int* count, Perf* results) {
  *count = 0;
  if (int status = refusals["algorithms"]) {
    return status;
  }
  if (int status = check(static_cast<Handle*>(handle), x, w, s, y)) {
    return status;
  }
  std::vector<Perf> all = algorithms(direction, s);
  for (const Perf& one : all) {
    if (*count < most) {
      results[(*count)++] = one;
    }
  }
  return SUCCESS;
}

int workspace(Direction direction, void* handle, const Dims& x, const Dims& w, const Slide& s, const Dims& y, int algo,
              size_t* bytes) {
  if (int status = check(static_cast<Handle*>(handle), x, w, s, y)) {
    return status;
  }
  std::vector<Perf> all = algorithms(direction, s);
  const Perf* known = find(all, algo);
  if (known == nullptr || known->status != SUCCESS) {
    return NOT_SUPPORTED;
  }
  *bytes = known->memory;
  return SUCCESS;
}

// What follows the sums, in the same pass.
struct Ending {
  float alpha2;
  Elements z, bias;
  int mode;
  double bound;

  double of(double sum, int64_t at, int channel) const {
    double y = sum + (alpha2 == 0 ? 0 : alpha2 * z.get(at)) + bias.get(channel);
    return mode == IDENTITY ? y : y > bound ? bound : y > 0 ? y : 0;
  }
};

struct Convolution {
  Direction direction;
  Dims x, w, y;
  Slide s;
  float alpha, beta;
  Elements first, second, result;
  bool single;

  // Float32 is multiplied as what is allowed: itself, TF32, or half precision, for which bfloat16 stands here.
  double factor(const Elements& from, int64_t at) const {
    float value = from.get(at);
    if (!single || s.math == FMA) {
      return value;
    }
    return s.math == ALLOW_CONVERSION ? fake::rounded(value, 16) : fake::tf32(value);
  }

  void run() const {
    std::vector<double> sums = added();
    for (size_t at = 0; at < sums.size(); at++) {
      int64_t i = static_cast<int64_t>(at);
      result.set(i, alpha * sums[at] + (beta == 0 ? 0 : beta * result.get(i)));
    }
  }

  void run(const Ending& ending) const {
    std::vector<double> sums = added();
    for (size_t at = 0; at < sums.size(); at++) {
      int64_t i = static_cast<int64_t>(at);
      result.set(i, ending.of(alpha * sums[at], i, static_cast<int>(i % y.c)));
    }
  }

  std::vector<double> added() const {
    const Dims& target = direction == FORWARD ? y : direction == DATA ? x : w;
    std::vector<double> sums(static_cast<size_t>(target.size()));
    int outPerGroup = y.c / s.groups;
    for (int n = 0; n < y.n; n++) {
      for (int i = 0; i < y.h; i++) {
        for (int j = 0; j < y.w; j++) {
          for (int o = 0; o < y.c; o++) {
            tap(sums, n, i, j, o, o / outPerGroup * w.c);
          }
        }
      }
    }
    return sums;
  }

  // All products that output [n,i,j,o] has a part in.
  void tap(std::vector<double>& sums, int n, int i, int j, int o, int firstChannel) const {
    int64_t atY = y.at(n, i, j, o);
    for (int a = 0; a < w.h; a++) {
      int row = i * s.strideH - s.padH + a * s.dilationH;
      for (int b = 0; b < w.w; b++) {
        int column = j * s.strideW - s.padW + b * s.dilationW;
        if (row < 0 || row >= x.h || column < 0 || column >= x.w) {
          continue;
        }
        for (int c = 0; c < w.c; c++) {
          int64_t atX = x.at(n, row, column, firstChannel + c);
          int64_t atW = w.at(o, a, b, c);
          switch (direction) {
            case FORWARD:
              sums[static_cast<size_t>(atY)] += factor(first, atX) * factor(second, atW);
              break;
            case DATA:
              sums[static_cast<size_t>(atX)] += factor(first, atW) * factor(second, atY);
              break;
            case FILTER:
              sums[static_cast<size_t>(atW)] += factor(first, atX) * factor(second, atY);
              break;
          }
        }
      }
    }
  }
};

Elements elementsAt(const void* at, int type) {
  return Elements{static_cast<char*>(const_cast<void*>(at)), type == BFLOAT16};
}

int convolve(Direction direction, void* handle, const void* alpha, const Dims& x, const Dims& w, const Slide& s,
             const Dims& y, const void* first, const void* second, int algo, void* space, size_t bytes,
             const void* beta, void* result, const Ending* ending = nullptr) {
  auto* h = static_cast<Handle*>(handle);
  size_t needed = 0;
  if (int status = workspace(direction, handle, x, w, s, y, algo, &needed)) {
    return status;
  }
  if (alpha == nullptr || beta == nullptr || first == nullptr || second == nullptr || result == nullptr ||
      bytes < needed || (needed > 0 && space == nullptr)) {
    return BAD_PARAM;
  }
  std::vector<Perf> all = algorithms(direction, s);
  if (find(all, algo)->determinism == 0) {
    calls["nondeterministic"]++;
  }
  if (s.groups > 1 && direction == FORWARD && algo == 1) {
    return NOT_SUPPORTED;  // it was proposed all the same
  }
  auto elements = [&](const void* at) { return elementsAt(at, x.type); };
  Convolution convolution{direction,        x, w, y, s, *static_cast<const float*>(alpha), *static_cast<const float*>(beta),
                          elements(first),  elements(second), elements(result), x.type == FLOAT32};
  bool ends = ending != nullptr;
  Ending last = ends ? *ending : Ending{};
  int status = fake::submit(h->stream, [=] {
    if (needed > 0) {
      memset(space, 0xee, needed);
    }
    if (ends) {
      convolution.run(last);
    } else {
      convolution.run();
    }
  });
  return status == 0 ? SUCCESS : EXECUTION_FAILED;
}

const Dims& dims(void* descriptor) { return *static_cast<Dims*>(descriptor); }

const Slide& slide(void* descriptor) { return *static_cast<Slide*>(descriptor); }

template <class D>
int create(void** descriptor) {
  calls["descriptors"]++;
  *descriptor = new D();
  return SUCCESS;
}

template <class D>
int destroy(void* descriptor) {
  calls["descriptors"] -= descriptor == nullptr ? 0 : 1;
  delete static_cast<D*>(descriptor);
  return SUCCESS;
}

int describe(void* descriptor, const Dims& dims) {
  bool known = dims.type == FLOAT32 || dims.type == BFLOAT16 || dims.type == 2;
  if (descriptor == nullptr || !dims.valid() || !known || (dims.format != 0 && dims.format != NHWC)) {
    return BAD_PARAM;
  }
  *static_cast<Dims*>(descriptor) = dims;
  return dims.size() < int64_t{1} << 31 ? SUCCESS : NOT_SUPPORTED;
}

}  // namespace

API int cudnnCreate(void** handle) {
  calls["handles"]++;
  *handle = new Handle();
  return SUCCESS;
}

API int cudnnDestroy(void* handle) {
  calls["handles"]--;
  delete static_cast<Handle*>(handle);
  return SUCCESS;
}

API int cudnnSetStream(void* handle, void* stream) {
  static_cast<Handle*>(handle)->stream = stream;
  return SUCCESS;
}

API int cudnnCreateTensorDescriptor(void** d) { return create<Dims>(d); }

API int cudnnCreateFilterDescriptor(void** d) { return create<Dims>(d); }

API int cudnnCreateConvolutionDescriptor(void** d) { return create<Slide>(d); }

API int cudnnCreateActivationDescriptor(void** d) { return create<ActivationMode>(d); }

API int cudnnDestroyActivationDescriptor(void* d) { return destroy<ActivationMode>(d); }

API int cudnnSetActivationDescriptor(void* d, int mode, int nan, double bound) {
  if (d == nullptr || mode < 0 || mode > 6 || (nan != 0 && nan != 1)) {
    return BAD_PARAM;
  }
  *static_cast<ActivationMode*>(d) = ActivationMode{mode, nan, bound};
  return SUCCESS;
}

API int cudnnDestroyTensorDescriptor(void* d) { return destroy<Dims>(d); }

API int cudnnDestroyFilterDescriptor(void* d) { return destroy<Dims>(d); }

API int cudnnDestroyConvolutionDescriptor(void* d) { return destroy<Slide>(d); }

API int cudnnSetTensor4dDescriptor(void* d, int format, int type, int n, int c, int h, int w) {
  return describe(d, Dims{format, type, n, c, h, w});
}

API int cudnnSetFilter4dDescriptor(void* d, int type, int format, int k, int c, int h, int w) {
  return describe(d, Dims{format, type, k, c, h, w});
}

API int cudnnSetConvolution2dDescriptor(void* d, int padH, int padW, int strideH, int strideW, int dilationH,
                                        int dilationW, int mode, int compute) {
  if (d == nullptr || padH < 0 || padW < 0 || strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1 ||
      (mode != 0 && mode != 1)) {
    return BAD_PARAM;
  }
  *static_cast<Slide*>(d) = Slide{padH, padW, strideH, strideW, dilationH, dilationW, mode, compute};
  return SUCCESS;
}

API int cudnnSetConvolutionGroupCount(void* d, int groups) {
  static_cast<Slide*>(d)->groups = groups;
  return groups > 0 ? SUCCESS : BAD_PARAM;
}

API int cudnnSetConvolutionMathType(void* d, int math) {
  static_cast<Slide*>(d)->math = math;
  return math >= DEFAULT_MATH && math <= FMA ? SUCCESS : BAD_PARAM;
}

API int cudnnGetConvolutionForwardAlgorithm_v7(void* handle, void* x, void* w, void* s, void* y, int most, int* count,
                                               Perf* results) {
  calls["queries"]++;
  return propose(FORWARD, handle, dims(x), dims(w), slide(s), dims(y), most, count, results);
}

API int cudnnGetConvolutionBackwardDataAlgorithm_v7(void* handle, void* w, void* dy, void* s, void* dx, int most,
                                                    int* count, Perf* results) {
  calls["queries"]++;
  return propose(DATA, handle, dims(dx), dims(w), slide(s), dims(dy), most, count, results);
}

API int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void* handle, void* x, void* dy, void* s, void* dw, int most,
                                                      int* count, Perf* results) {
  calls["queries"]++;
  return propose(FILTER, handle, dims(x), dims(dw), slide(s), dims(dy), most, count, results);
}

API int cudnnGetConvolutionForwardWorkspaceSize(void* handle, void* x, void* w, void* s, void* y, int algo,
                                                size_t* bytes) {
  return workspace(FORWARD, handle, dims(x), dims(w), slide(s), dims(y), algo, bytes);
}

API int cudnnGetConvolutionBackwardDataWorkspaceSize(void* handle, void* w, void* dy, void* s, void* dx, int algo,
                                                     size_t* bytes) {
  return workspace(DATA, handle, dims(dx), dims(w), slide(s), dims(dy), algo, bytes);
}

API int cudnnGetConvolutionBackwardFilterWorkspaceSize(void* handle, void* x, void* dy, void* s, void* dw, int algo,
                                                       size_t* bytes) {
  return workspace(FILTER, handle, dims(x), dims(dw), slide(s), dims(dy), algo, bytes);
}

API int cudnnConvolutionForward(void* handle, const void* alpha, void* xDesc, const void* x, void* wDesc, const void* w,
                                void* s, int algo, void* space, size_t bytes, const void* beta, void* yDesc, void* y) {
  calls["cudnnConvolutionForward"]++;
  return convolve(FORWARD, handle, alpha, dims(xDesc), dims(wDesc), slide(s), dims(yDesc), x, w, algo, space, bytes,
                  beta, y);
}

API int cudnnConvolutionBiasActivationForward(void* handle, const void* alpha1, void* xDesc, const void* x, void* wDesc,
                                              const void* w, void* s, int algo, void* space, size_t bytes,
                                              const void* alpha2, void* zDesc, const void* z, void* biasDesc,
                                              const void* bias, void* activationDesc, void* yDesc, void* y) {
  calls["cudnnConvolutionBiasActivationForward"]++;
  if (alpha2 == nullptr || zDesc == nullptr || z == nullptr || biasDesc == nullptr || bias == nullptr ||
      activationDesc == nullptr || x == y || x == z) {
    return BAD_PARAM;
  }
  const Dims& out = dims(yDesc);
  const Dims& b = dims(biasDesc);
  const Dims& added = dims(zDesc);
  if (b.n != 1 || b.h != 1 || b.w != 1 || b.c != out.c || added.n != out.n || added.h != out.h || added.w != out.w ||
      added.c != out.c || added.type != out.type || added.format != out.format) {
    return BAD_PARAM;
  }
  const auto& activation = *static_cast<ActivationMode*>(activationDesc);
  bool supported = activation.nan == 0 && (activation.mode == RELU || (activation.mode == IDENTITY && algo == 1));
  if (!supported || b.type != out.type) {
    return NOT_SUPPORTED;
  }
  Ending ending{*static_cast<const float*>(alpha2), elementsAt(z, out.type), elementsAt(bias, out.type),
                activation.mode, activation.bound};
  float none = 0;
  return convolve(FORWARD, handle, alpha1, dims(xDesc), dims(wDesc), slide(s), out, x, w, algo, space, bytes, &none, y,
                  &ending);
}

API int cudnnConvolutionBackwardData(void* handle, const void* alpha, void* wDesc, const void* w, void* dyDesc,
                                     const void* dy, void* s, int algo, void* space, size_t bytes, const void* beta,
                                     void* dxDesc, void* dx) {
  calls["cudnnConvolutionBackwardData"]++;
  return convolve(DATA, handle, alpha, dims(dxDesc), dims(wDesc), slide(s), dims(dyDesc), w, dy, algo, space, bytes,
                  beta, dx);
}

API int cudnnConvolutionBackwardFilter(void* handle, const void* alpha, void* xDesc, const void* x, void* dyDesc,
                                       const void* dy, void* s, int algo, void* space, size_t bytes, const void* beta,
                                       void* dwDesc, void* dw) {
  calls["cudnnConvolutionBackwardFilter"]++;
  return convolve(FILTER, handle, alpha, dims(xDesc), dims(dwDesc), slide(s), dims(dyDesc), x, dy, algo, space, bytes,
                  beta, dw);
}

#include "fake_cudnn_graph.h"

API int cudnnGetProperty(int which, int* value) {
  *value = which == 0 ? 9 : which == 1 ? 24 : 0;
  return SUCCESS;
}

API size_t cudnnGetCudartVersion(void) { return 13000; }

API const char* cudnnGetErrorString(int) { return "a status of the pretended cuDNN"; }

API void cudnnGetLastErrorString(char* text, size_t bytes) {
  if (bytes > 0) {
    text[0] = 0;
  }
}

API long fake_calls(const char* name) { return calls[name]; }

API void fake_refuse(const char* what, int status) { refusals[what] = status; }
