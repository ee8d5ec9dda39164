// What the pretended libraries share: element types, and work in the streams of the pretended driver.
#pragma once
#include <dlfcn.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#define API extern "C" __attribute__((visibility("default")))

namespace fake {

inline float widen(uint16_t bits) {
  uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  memcpy(&value, &wide, sizeof value);
  return value;
}

// To the nearest number with `dropped` bits fewer, of two the even one; the operands are finite.
inline float rounded(float x, int dropped) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits += (1u << (dropped - 1)) - 1 + (bits >> dropped & 1u);
  bits &= ~((1u << dropped) - 1);
  memcpy(&x, &bits, sizeof x);
  return x;
}

inline uint16_t narrow(float x) {
  float value = rounded(x, 16);
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return static_cast<uint16_t>(bits >> 16);
}

inline float tf32(float x) { return rounded(x, 13); }

// Elements in the memory of the GPU.
struct Elements {
  char* at;
  bool half;

  float get(int64_t i) const {
    if (half) {
      return widen(reinterpret_cast<const uint16_t*>(at)[i]);
    }
    return reinterpret_cast<const float*>(at)[i];
  }

  void set(int64_t i, double value) const {
    if (half) {
      reinterpret_cast<uint16_t*>(at)[i] = narrow(static_cast<float>(value));
    } else {
      reinterpret_cast<float*>(at)[i] = static_cast<float>(value);
    }
  }
};

inline void runAndKeep(void* work) { (*static_cast<std::function<void()>*>(work))(); }

// Puts work into a stream of the pretended driver, which may be capturing it. It is never freed: a graph may run it
// again.
inline int submit(void* stream, std::function<void()> work) {
  using Submit = int (*)(void*, void (*)(void*), void*);
  static auto into = [] {
    void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
    return reinterpret_cast<Submit>(driver == nullptr ? nullptr : dlsym(driver, "fake_submit"));
  }();
  return into == nullptr ? 1 : into(stream, runAndKeep, new std::function<void()>(std::move(work)));
}

inline std::map<std::string, long> calls;

// What is to fail, with which status.
inline std::map<std::string, int> refusals;

}  // namespace fake
