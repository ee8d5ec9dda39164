// Tells whether kernels run at all, and what a launch costs; and holds the GPU up.
#include "common.cuh"

// Each thread writes a number that nothing but this kernel leaves there.
ENTRY canary(uint32* out, int n) {
  int i = static_cast<int>(globalThread());
  if (i < n) {
    out[i] = static_cast<uint32>(i) * 2654435761u ^ 0x5eedu;
  }
}

ENTRY nothing() {}

// Takes about a tenth of a millisecond, so many times.
ENTRY hold(int times) {
  for (int i = 0; i < times; i++) {
    __nanosleep(100000u);
  }
}
