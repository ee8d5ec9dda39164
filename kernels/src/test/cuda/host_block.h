// The threads of a block as fibers on one thread of the processor.
//
// A fiber runs until it waits for its warp (shuffles, votes, __syncwarp) or for its block (__syncthreads). Warps go on
// independently of each other, each as far as it gets, in an order that the caller chooses: a value that one warp reads
// before another has written it, because a barrier is missing, comes out wrong in one order or another. Shared memory
// starts a block as garbage. Lanes that wait at different barriers, or for a lane that has ended, are an error.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

struct dim3 {
  unsigned x, y, z;
};

static dim3 blockIdx, threadIdx, blockDim, gridDim;

namespace host {

constexpr unsigned WARP = 32;
constexpr unsigned MOST_THREADS = 1024;
constexpr size_t STACK = 128 << 10;

enum class Wait { READY, WARP, BLOCK, ENDED };

// ---- Switching between stacks.

#if defined(__x86_64__)

// Saves what the calling convention wants kept on the stack that is left, and takes it from the one that is entered.
extern "C" void auxgrad_host_switch(void** left, void* entered);
asm(R"(
.text
.type auxgrad_host_switch, @function
.hidden auxgrad_host_switch
auxgrad_host_switch:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp, (%rdi)
  mov %rsi, %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
.size auxgrad_host_switch, .-auxgrad_host_switch
)");

struct Stack {
  void* top;

  void prepare(char* bottom, void (*entry)()) {
    auto* slot = reinterpret_cast<void**>(bottom + STACK);
    *--slot = nullptr;                         // keeps the stack aligned as after a call
    *--slot = reinterpret_cast<void*>(entry);  // where `ret` goes
    top = slot - 6;
    memset(top, 0, 6 * sizeof(void*));
  }

  void enter(Stack& to) { auxgrad_host_switch(&top, to.top); }
};

#else

struct Stack {
  ucontext_t context;

  void prepare(char* bottom, void (*entry)()) {
    getcontext(&context);
    context.uc_stack.ss_sp = bottom;
    context.uc_stack.ss_size = STACK;
    context.uc_link = nullptr;
    makecontext(&context, entry, 0);
  }

  void enter(Stack& to) { swapcontext(&context, &to.context); }
};

#endif

struct Fiber {
  Stack stack;
  char* bottom = nullptr;
  Wait wait = Wait::ENDED;
  unsigned exchanges = 0;
};

static Fiber fibers[MOST_THREADS];
static Stack scheduler;
static Fiber* current;
static void (*body)();
static char complaint[256];

// ASan is told of each change of stacks, or it would take the other stack for a broken one.
static void switchStacks(Stack& from, Stack& to, const void* bottom, size_t size) {
#if defined(__SANITIZE_ADDRESS__)
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(&fake, bottom, size);
  from.enter(to);
  __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#else
  (void)bottom;
  (void)size;
  from.enter(to);
#endif
}

#if defined(__SANITIZE_ADDRESS__)
static const void* schedulerBottom;
static size_t schedulerSize;
#else
static const void* const schedulerBottom = nullptr;
static const size_t schedulerSize = 0;
#endif

static void leave(Wait wait) {
  Fiber* me = current;
  me->wait = wait;
  switchStacks(me->stack, scheduler, schedulerBottom, schedulerSize);
}

static void enter() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &schedulerBottom, &schedulerSize);
#endif
  body();
  leave(Wait::ENDED);
}

// ---- In which order.

// 0 forward, 1 backward, else a seed of a random order.
static unsigned turn(unsigned k, unsigned n, unsigned order) {
  if (order < 2) {
    return order == 0 ? k : n - 1 - k;
  }
  // An odd multiplier is a permutation of a power of two; what falls outside of n is walked on.
  unsigned size = 1;
  while (size < n) {
    size *= 2;
  }
  unsigned at = k;
  do {
    at = (at * (2 * order + 1) * 2654435761u + order) & (size - 1);
  } while (at >= n);
  return at;
}

static bool complain(const char* what, unsigned warp) {
  snprintf(complaint, sizeof complaint, "%s, in warp %u of block (%u, %u, %u)", what, warp, blockIdx.x, blockIdx.y,
           blockIdx.z);
  return false;
}

static void run(unsigned thread) {
  current = &fibers[thread];
  threadIdx = {thread, 0, 0};
  switchStacks(scheduler, current->stack, current->bottom, STACK);
}

// Lets a warp go on until all of its lanes have ended or wait for the block. False: they cannot.
static bool runWarp(unsigned warp, unsigned threads, unsigned order) {
  unsigned first = warp * WARP;
  unsigned lanes = threads - first < WARP ? threads - first : WARP;
  while (true) {
    unsigned waiting[4] = {0, 0, 0, 0};
    for (unsigned k = 0; k < lanes; k++) {
      unsigned thread = first + turn(k, lanes, order);
      if (fibers[thread].wait == Wait::READY) {
        run(thread);
      }
    }
    for (unsigned k = 0; k < lanes; k++) {
      waiting[static_cast<int>(fibers[first + k].wait)]++;
    }
    unsigned atWarp = waiting[static_cast<int>(Wait::WARP)];
    if (atWarp == 0) {
      return true;
    }
    if (atWarp != lanes) {
      return complain(waiting[static_cast<int>(Wait::ENDED)] > 0 ? "lanes wait for one that has ended"
                                                                 : "lanes wait at different barriers",
                      warp);
    }
    for (unsigned k = 0; k < lanes; k++) {
      fibers[first + k].wait = Wait::READY;
    }
  }
}

// ---- Shared memory: the function-local statics of the kernels, which the caller finds in the library's symbols.

struct Shared {
  void* at;
  size_t size;
};

static std::vector<Shared> shared;

// Each user of the library announces them all.
static void announce(void* at, size_t size) {
  for (const Shared& variable : shared) {
    if (variable.at == at) {
      return;
    }
  }
  shared.push_back({at, size});
}

static void fillSharedMemory() {
  for (const Shared& variable : shared) {
    memset(variable.at, 0xff, variable.size);
  }
}

static bool runBlock(unsigned threads, unsigned order) {
  fillSharedMemory();
  for (unsigned i = 0; i < threads; i++) {
    Fiber& fiber = fibers[i];
    if (fiber.bottom == nullptr) {
      fiber.bottom = static_cast<char*>(malloc(STACK));
    }
#if defined(__SANITIZE_ADDRESS__)
    // A fiber that ended never returned, so the fences of its frames still stand.
    __asan_unpoison_memory_region(fiber.bottom, STACK);
#endif
    fiber.stack.prepare(fiber.bottom, enter);
    fiber.wait = Wait::READY;
    fiber.exchanges = 0;
  }
  unsigned warps = (threads + WARP - 1) / WARP;
  for (bool left = true; left;) {
    for (unsigned k = 0; k < warps; k++) {
      if (!runWarp(turn(k, warps, order), threads, order)) {
        return false;
      }
    }
    // Who has ended is not waited for, as on a GPU.
    left = false;
    for (unsigned i = 0; i < threads; i++) {
      if (fibers[i].wait == Wait::BLOCK) {
        fibers[i].wait = Wait::READY;
        left = true;
      }
    }
  }
  return true;
}

// ---- What lanes give each other.

// Two places, used in turn: nobody can overwrite what a slower lane has yet to read.
static uint64_t exchanged[2][MOST_THREADS];

template <class T>
T exchange(T value, unsigned from) {
  static_assert(sizeof(T) <= 8, "a shuffle moves at most 8 bytes");
  unsigned place = current->exchanges++ % 2;
  memcpy(&exchanged[place][threadIdx.x], &value, sizeof value);
  unsigned me = threadIdx.x;
  leave(Wait::WARP);
  T result;
  memcpy(&result, &exchanged[place][me / WARP * WARP + from], sizeof result);
  return result;
}

// ---- Launching.

template <class... A>
struct Call {
  static inline void (*kernel)(A...);
  static inline void** arguments;

  template <size_t... I>
  static void unpack(std::index_sequence<I...>) {
    kernel(*static_cast<A*>(arguments[I])...);
  }

  static void run() { unpack(std::index_sequence_for<A...>()); }
};

// Runs a whole grid; what is wrong with it, or null.
template <class... A>
const char* launch(void (*kernel)(A...), unsigned x, unsigned y, unsigned z, unsigned threads, void** arguments,
                   int count, unsigned order) {
  if (count != sizeof...(A)) {
    snprintf(complaint, sizeof complaint, "it takes %d arguments, got %d", static_cast<int>(sizeof...(A)), count);
    return complaint;
  }
  if (threads == 0 || threads > MOST_THREADS) {
    snprintf(complaint, sizeof complaint, "a block of %u threads", threads);
    return complaint;
  }
  Call<A...>::kernel = kernel;
  Call<A...>::arguments = arguments;
  body = Call<A...>::run;
  gridDim = {x, y, z};
  blockDim = {threads, 1, 1};
  unsigned long long blocks = 1ull * x * y * z;
  for (unsigned long long k = 0; k < blocks; k++) {
    unsigned long long at = order == 1 ? blocks - 1 - k : k;
    blockIdx = {static_cast<unsigned>(at % x), static_cast<unsigned>(at / x % y), static_cast<unsigned>(at / x / y)};
    if (!runBlock(threads, order)) {
      return complaint;
    }
  }
  return nullptr;
}

}  // namespace host
