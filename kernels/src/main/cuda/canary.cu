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

DEVICE uint64 nanoseconds() {
#ifdef __CUDA_ARCH__
  uint64 now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
  return now;
#else
  return host::nanoseconds();
#endif
}

// Looks at the clock, since a sleep may take from nothing to twice of what was asked for.
ENTRY hold(int microseconds) {
  uint64 begin = nanoseconds();
  while (nanoseconds() - begin < 1000ull * microseconds) {
    __nanosleep(1000u);
  }
}
