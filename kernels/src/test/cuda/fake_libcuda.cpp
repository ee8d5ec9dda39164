// Plays the driver, so that what calls it is tested where there is no GPU: device memory is the host's, with a guard zone
// on either side of each piece; streams do at once what is put into them, or as late as they may; modules are the
// libraries that g++ makes of .cu files. Through the functions at the end a test tells it what to fail at, and asks
// what was done.
#include <dlfcn.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

namespace {

enum Status {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_STATE = 401,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_ISOLATION = 905,
  CAPTURED_EVENT = 907,
};

constexpr int RELAXED = 2;
constexpr unsigned UNTIMED = 2;

constexpr size_t ZONE = 64;
constexpr unsigned char GUARD = 0xa5;
constexpr unsigned char FRESH = 0xff;
constexpr size_t ARGUMENT_BYTES = 4096;  // as the class Kernel lays them out, from the first one on

using Address = unsigned long long;
using Work = std::function<void()>;
using Entry = const char* (*)(unsigned, unsigned, unsigned, unsigned, void**, int, unsigned);

struct Stream {
  bool capturing = false;
  bool strict = false;
  std::vector<Work> captured;
  std::deque<Work> waiting;
  size_t done = 0;

  size_t end() const { return done + waiting.size(); }

  // Does what was put into it, up to a place.
  void advance(size_t to) {
    while (done < to) {
      Work work = std::move(waiting.front());
      waiting.pop_front();
      done++;
      work();
    }
  }
};

struct Pool {
  Address threshold = 0;
  Address used = 0;
  Address unused = 0;
};

struct Piece {
  size_t bytes;
  Pool* pool;
};

struct Event {
  bool timed = true;
  std::chrono::steady_clock::time_point time;
  Stream* stream = nullptr;
  size_t place = 0;
  bool captured = false;  // where it is, is in a graph

  void reach() const {
    if (stream != nullptr) {
      stream->advance(place);
    }
  }
};

struct Function {
  std::string name;
  Entry entry;
  int parameters;
};

struct Graph {
  std::vector<Work> work;
};

struct State {
  std::recursive_mutex mutex;
  std::map<Address, Piece> device;
  std::map<Address, size_t> pinned;
  std::map<std::string, long> calls;
  long violations = 0;
  int strictCaptures = 0;  // in which not everything is allowed
  long open = 0;  // contexts, streams, events, pools, pinned memory and modules that nobody gave back
  bool skipsKernels = false;
  bool lazy = false;
  int devices = 1;
  int version = 13000;
  int pools = 1;
  Address memory = 1ull << 30;
  std::string failing;
  int failsAfter = 0;
  int failure = 0;
  std::string faulty;
  int fault = 0;
  int pending = 0;
  int lost = 0;
};

State state;
thread_local void* currentContext;

// Counts the call; the status that it is to fail with.
int begin(const char* name, bool needsContext, bool waits) {
  state.calls[name]++;
  if (waits && state.pending != 0) {
    state.lost = state.pending;
  }
  if (state.lost != 0) {
    return state.lost;
  }
  if (state.failing == name && --state.failsAfter == 0) {
    return state.failure;
  }
  return needsContext && currentContext == nullptr ? INVALID_CONTEXT : SUCCESS;
}

// Opens a function: returns the status where it is to fail.
#define BEGIN(NAME, CONTEXT, WAITS)                              \
  std::lock_guard<std::recursive_mutex> guard(state.mutex);      \
  if (int status = begin(NAME, CONTEXT, WAITS)) {                \
    return status;                                               \
  }

#define PLAIN(NAME) BEGIN(NAME, false, false)
#define IN_CONTEXT(NAME) BEGIN(NAME, true, false)
#define WAITING(NAME) BEGIN(NAME, true, true)

// What only a relaxed capture allows meanwhile.
#define UNSAFE(NAME)              \
  IN_CONTEXT(NAME)                \
  if (state.strictCaptures > 0) { \
    return CAPTURE_UNSUPPORTED;   \
  }

bool isInside(const std::map<Address, Piece>& pieces, Address at, size_t bytes) {
  auto next = pieces.upper_bound(at);
  if (next == pieces.begin()) {
    return false;
  }
  const auto& [start, piece] = *std::prev(next);
  return at + bytes <= start + piece.bytes;
}

bool isPinned(Address at, size_t bytes) {
  auto next = state.pinned.upper_bound(at);
  if (next == state.pinned.begin()) {
    return false;
  }
  const auto& [start, size] = *std::prev(next);
  return at + bytes <= start + size;
}

int submit(void* stream, Work work) {
  auto* to = static_cast<Stream*>(stream);
  if (to == nullptr) {
    return INVALID_HANDLE;
  }
  if (to->capturing) {
    to->captured.push_back(std::move(work));
    return SUCCESS;
  }
  to->waiting.push_back(std::move(work));
  if (!state.lazy) {
    to->advance(to->end());
  }
  return SUCCESS;
}

void checkZones(Address address, size_t bytes) {
  auto* start = reinterpret_cast<unsigned char*>(address);
  for (size_t i = 0; i < ZONE; i++) {
    if (start[-1 - static_cast<long>(i)] != GUARD || start[bytes + i] != GUARD) {
      state.violations++;
      return;
    }
  }
}

void release(std::map<Address, Piece>::iterator piece) {
  auto& [address, what] = *piece;
  checkZones(address, what.bytes);
  what.pool->used -= what.bytes;
  what.pool->unused += what.bytes;
  free(reinterpret_cast<void*>(address - ZONE));
  state.device.erase(piece);
}

Address reserved = 0;  // of all pools

const char* name(int status) {
  switch (status) {
    case SUCCESS:
      return "CUDA_SUCCESS";
    case INVALID_VALUE:
      return "CUDA_ERROR_INVALID_VALUE";
    case OUT_OF_MEMORY:
      return "CUDA_ERROR_OUT_OF_MEMORY";
    case NO_DEVICE:
      return "CUDA_ERROR_NO_DEVICE";
    case INVALID_IMAGE:
      return "CUDA_ERROR_INVALID_IMAGE";
    case INVALID_CONTEXT:
      return "CUDA_ERROR_INVALID_CONTEXT";
    case ILLEGAL_ADDRESS:
      return "CUDA_ERROR_ILLEGAL_ADDRESS";
    case LAUNCH_FAILED:
      return "CUDA_ERROR_LAUNCH_FAILED";
    case CAPTURE_UNSUPPORTED:
      return "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED";
    default:
      return nullptr;
  }
}

}  // namespace

// ---- Devices and contexts.

API int cuInit(unsigned) {
  PLAIN("cuInit");
  return state.devices == 0 ? NO_DEVICE : SUCCESS;
}

API int cuDriverGetVersion(int* version) {
  PLAIN("cuDriverGetVersion");
  *version = state.version;
  return SUCCESS;
}

// NVRTC asks the driver that is loaded for it, and takes a refusal, but not that it is absent.
API int cuGetExportTable(const void** table, const void*) {
  *table = nullptr;
  return NOT_FOUND;
}

API int cuDeviceGetCount(int* count) {
  PLAIN("cuDeviceGetCount");
  *count = state.devices;
  return SUCCESS;
}

API int cuDeviceGet(int* device, int index) {
  PLAIN("cuDeviceGet");
  *device = index;
  return index >= 0 && index < state.devices ? SUCCESS : INVALID_DEVICE;
}

API int cuDeviceGetName(char* text, int bytes, int device) {
  PLAIN("cuDeviceGetName");
  snprintf(text, static_cast<size_t>(bytes), "Pretended GPU %d", device);
  return SUCCESS;
}

API int cuDeviceTotalMem_v2(size_t* bytes, int) {
  PLAIN("cuDeviceTotalMem_v2");
  *bytes = state.memory;
  return SUCCESS;
}

API int cuDeviceGetAttribute(int* value, int attribute, int) {
  PLAIN("cuDeviceGetAttribute");
  switch (attribute) {
    case 16:  // multiprocessors
      *value = 2;
      return SUCCESS;
    case 75:  // compute capability
      *value = 9;
      return SUCCESS;
    case 76:
      *value = 0;
      return SUCCESS;
    case 115:  // memory pools
      *value = state.pools;
      return SUCCESS;
    default:
      return INVALID_VALUE;
  }
}

API int cuDevicePrimaryCtxRetain(void** context, int) {
  PLAIN("cuDevicePrimaryCtxRetain");
  static char primary;
  *context = &primary;
  state.open++;
  return SUCCESS;
}

API int cuDevicePrimaryCtxRelease_v2(int) {
  PLAIN("cuDevicePrimaryCtxRelease_v2");
  state.open--;
  return SUCCESS;
}

API int cuCtxSetCurrent(void* context) {
  PLAIN("cuCtxSetCurrent");
  currentContext = context;
  return SUCCESS;
}

API int cuGetErrorName(int status, const char** text) {
  *text = name(status);
  return *text == nullptr ? INVALID_VALUE : SUCCESS;
}

API int cuGetErrorString(int status, const char** text) {
  *text = name(status) == nullptr ? nullptr : "text of the driver";
  return *text == nullptr ? INVALID_VALUE : SUCCESS;
}

// ---- Streams and events.

API int cuStreamCreate(void** stream, unsigned) {
  IN_CONTEXT("cuStreamCreate");
  *stream = new Stream();
  state.open++;
  return SUCCESS;
}

API int cuStreamDestroy_v2(void* stream) {
  IN_CONTEXT("cuStreamDestroy_v2");
  auto* gone = static_cast<Stream*>(stream);
  gone->advance(gone->end());
  delete gone;
  state.open--;
  return SUCCESS;
}

API int cuStreamSynchronize(void* stream) {
  WAITING("cuStreamSynchronize");
  auto* of = static_cast<Stream*>(stream);
  if (of->capturing) {
    return CAPTURE_UNSUPPORTED;
  }
  of->advance(of->end());
  return SUCCESS;
}

API int cuStreamWaitEvent(void* stream, void* event, unsigned) {
  IN_CONTEXT("cuStreamWaitEvent");
  if (static_cast<Stream*>(stream)->capturing != static_cast<Event*>(event)->captured) {
    return CAPTURE_ISOLATION;
  }
  // The event as it is now: it may be put somewhere else before the stream comes to this.
  return submit(stream, [now = *static_cast<Event*>(event)] { now.reach(); });
}

API int cuEventCreate(void** event, unsigned flags) {
  IN_CONTEXT("cuEventCreate");
  auto* made = new Event();
  made->timed = (flags & UNTIMED) == 0;
  *event = made;
  state.open++;
  return SUCCESS;
}

API int cuEventDestroy_v2(void* event) {
  IN_CONTEXT("cuEventDestroy_v2");
  delete static_cast<Event*>(event);
  state.open--;
  return SUCCESS;
}

API int cuEventRecord(void* event, void* stream) {
  IN_CONTEXT("cuEventRecord");
  auto* of = static_cast<Event*>(event);
  of->stream = static_cast<Stream*>(stream);
  of->place = of->stream->end() + 1;
  of->captured = of->stream->capturing;
  return submit(stream, [of] { of->time = std::chrono::steady_clock::now(); });
}

API int cuEventSynchronize(void* event) {
  WAITING("cuEventSynchronize");
  if (static_cast<Event*>(event)->captured) {
    return CAPTURED_EVENT;
  }
  static_cast<Event*>(event)->reach();
  return SUCCESS;
}

API int cuEventQuery(void* event) {
  IN_CONTEXT("cuEventQuery");
  auto* of = static_cast<Event*>(event);
  if (of->captured) {
    return CAPTURED_EVENT;
  }
  return of->stream == nullptr || of->stream->done >= of->place ? SUCCESS : NOT_READY;
}

API int cuEventElapsedTime(float* milliseconds, void* start, void* end) {
  IN_CONTEXT("cuEventElapsedTime");
  for (auto* event : {static_cast<Event*>(start), static_cast<Event*>(end)}) {
    if (!event->timed || event->stream == nullptr || event->captured) {
      return INVALID_HANDLE;
    }
  }
  std::chrono::duration<float, std::milli> time = static_cast<Event*>(end)->time - static_cast<Event*>(start)->time;
  *milliseconds = time.count();
  return SUCCESS;
}

// ---- Memory.

API int cuMemPoolCreate(void** pool, const void* properties) {
  IN_CONTEXT("cuMemPoolCreate");
  const int* fields = static_cast<const int*>(properties);
  bool plain = fields[0] == 1 && fields[1] == 0 && fields[2] == 1;
  for (int i = 4; i < 22; i++) {
    plain = plain && fields[i] == 0;
  }
  *pool = new Pool();
  state.open++;
  return plain ? SUCCESS : INVALID_VALUE;
}

API int cuMemPoolDestroy(void* pool) {
  IN_CONTEXT("cuMemPoolDestroy");
  auto* gone = static_cast<Pool*>(pool);
  reserved -= gone->unused;
  gone->unused = 0;
  // As long as a piece is in use the pool stays.
  if (gone->used == 0) {
    delete gone;
    state.open--;
  }
  return SUCCESS;
}

API int cuMemPoolTrimTo(void* pool, size_t keep) {
  IN_CONTEXT("cuMemPoolTrimTo");
  auto* of = static_cast<Pool*>(pool);
  Address goes = of->unused > keep ? of->unused - keep : 0;
  of->unused -= goes;
  reserved -= goes;
  return SUCCESS;
}

API int cuMemPoolSetAttribute(void* pool, int attribute, void* value) {
  IN_CONTEXT("cuMemPoolSetAttribute");
  if (attribute != 4) {
    return INVALID_VALUE;
  }
  static_cast<Pool*>(pool)->threshold = *static_cast<Address*>(value);
  return SUCCESS;
}

API int cuMemPoolGetAttribute(void* pool, int attribute, void* value) {
  IN_CONTEXT("cuMemPoolGetAttribute");
  if (attribute != 5) {
    return INVALID_VALUE;
  }
  auto* of = static_cast<Pool*>(pool);
  *static_cast<Address*>(value) = of->used + of->unused;
  return SUCCESS;
}

API int cuMemAllocFromPoolAsync(Address* address, size_t bytes, void* pool, void* stream) {
  IN_CONTEXT("cuMemAllocFromPoolAsync");
  auto* of = static_cast<Pool*>(pool);
  if (static_cast<Stream*>(stream)->capturing) {
    return CAPTURE_UNSUPPORTED;
  }
  Address again = bytes < of->unused ? bytes : of->unused;
  if (reserved + bytes - again > state.memory) {
    return OUT_OF_MEMORY;
  }
  size_t rounded = (bytes + 2 * ZONE + 511) / 512 * 512;
  auto* start = static_cast<unsigned char*>(aligned_alloc(512, rounded));
  memset(start, GUARD, rounded);
  *address = reinterpret_cast<Address>(start) + ZONE;
  memset(start + ZONE, FRESH, bytes);
  state.device[*address] = {bytes, of};
  of->unused -= again;
  of->used += bytes;
  reserved += bytes - again;
  return SUCCESS;
}

API int cuMemFreeAsync(Address address, void* stream) {
  IN_CONTEXT("cuMemFreeAsync");
  if (static_cast<Stream*>(stream)->capturing) {
    return CAPTURE_UNSUPPORTED;
  }
  auto piece = state.device.find(address);
  if (piece == state.device.end()) {
    return INVALID_VALUE;
  }
  release(piece);
  return SUCCESS;
}

API int cuMemGetInfo_v2(size_t* free, size_t* total) {
  IN_CONTEXT("cuMemGetInfo_v2");
  *total = state.memory;
  *free = state.memory - reserved;
  return SUCCESS;
}

API int cuMemHostAlloc(void** host, size_t bytes, unsigned) {
  UNSAFE("cuMemHostAlloc");
  *host = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  state.pinned[reinterpret_cast<Address>(*host)] = bytes;
  state.open++;
  return SUCCESS;
}

API int cuMemHostGetDevicePointer_v2(Address* device, void* host, unsigned) {
  IN_CONTEXT("cuMemHostGetDevicePointer_v2");
  *device = reinterpret_cast<Address>(host);
  return isPinned(*device, 1) ? SUCCESS : INVALID_VALUE;
}

API int cuMemFreeHost(void* host) {
  UNSAFE("cuMemFreeHost");
  state.pinned.erase(reinterpret_cast<Address>(host));
  state.open--;
  free(host);
  return SUCCESS;
}

static int copy(Address to, Address from, size_t bytes, void* stream, bool legal) {
  return legal ? submit(stream,
                        [=] { memcpy(reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), bytes); })
               : static_cast<int>(INVALID_VALUE);
}

API int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream) {
  IN_CONTEXT("cuMemcpyHtoDAsync_v2");
  auto host = reinterpret_cast<Address>(from);
  return copy(to, host, bytes, stream, isPinned(host, bytes) && isInside(state.device, to, bytes));
}

API int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream) {
  IN_CONTEXT("cuMemcpyDtoHAsync_v2");
  auto host = reinterpret_cast<Address>(to);
  return copy(host, from, bytes, stream, isPinned(host, bytes) && isInside(state.device, from, bytes));
}

API int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void* stream) {
  IN_CONTEXT("cuMemcpyDtoDAsync_v2");
  return copy(to, from, bytes, stream, isInside(state.device, to, bytes) && isInside(state.device, from, bytes));
}

API int cuMemsetD8Async(Address to, unsigned char value, size_t bytes, void* stream) {
  IN_CONTEXT("cuMemsetD8Async");
  if (!isInside(state.device, to, bytes)) {
    return INVALID_VALUE;
  }
  return submit(stream, [=] { memset(reinterpret_cast<void*>(to), value, bytes); });
}

// ---- Modules and launches. The image of a module is the path of a library.

API int cuModuleLoadData(void** module, const void* image) {
  UNSAFE("cuModuleLoadData");
  *module = dlopen(static_cast<const char*>(image), RTLD_NOW | RTLD_LOCAL);
  if (*module == nullptr) {
    return INVALID_IMAGE;
  }
  state.open++;
  return SUCCESS;
}

API int cuModuleUnload(void* module) {
  UNSAFE("cuModuleUnload");
  dlclose(module);
  state.open--;
  return SUCCESS;
}

API int cuModuleGetFunction(void** function, void* module, const char* name) {
  IN_CONTEXT("cuModuleGetFunction");
  void* symbol = dlsym(module, (std::string("host_") + name).c_str());
  if (symbol == nullptr) {
    return NOT_FOUND;
  }
  auto entry = reinterpret_cast<Entry>(symbol);
  int parameters = 0;
  // Called with a wrong number of arguments it tells the right one.
  sscanf(entry(0, 0, 0, 1, nullptr, -1, 0), "it takes %d arguments", &parameters);
  *function = new Function{name, entry, parameters};
  return SUCCESS;
}

API int cuFuncGetParamInfo(void* function, size_t index, size_t* offset, size_t* bytes) {
  IN_CONTEXT("cuFuncGetParamInfo");
  *offset = *bytes = 0;
  return index < static_cast<size_t>(static_cast<Function*>(function)->parameters) ? SUCCESS : INVALID_VALUE;
}

API int cuLaunchKernel(void* function, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned blockY,
                       unsigned blockZ, unsigned, void* stream, void** arguments, void**) {
  if (state.skipsKernels) {
    return SUCCESS;
  }
  IN_CONTEXT("cuLaunchKernel");
  auto* kernel = static_cast<Function*>(function);
  if (x == 0 || y == 0 || z == 0 || y > 65535 || z > 65535 || threads == 0 || threads > 1024 || blockY != 1 ||
      blockZ != 1) {
    return INVALID_VALUE;
  }
  if (kernel->name == state.faulty) {
    state.pending = state.fault;
    return SUCCESS;
  }
  int count = kernel->parameters;
  auto values = std::make_shared<std::vector<char>>();
  std::vector<size_t> places;
  if (count > 0) {
    auto* first = static_cast<char*>(arguments[0]);
    values->assign(first, first + ARGUMENT_BYTES);
    for (int i = 0; i < count; i++) {
      places.push_back(static_cast<size_t>(static_cast<char*>(arguments[i]) - first));
    }
  }
  return submit(stream, [=] {
    std::vector<void*> pointers;
    for (size_t place : places) {
      pointers.push_back(values->data() + place);
    }
    if (kernel->entry(x, y, z, threads, pointers.data(), count, 0) != nullptr) {
      state.pending = LAUNCH_FAILED;
    }
  });
}

// ---- Graphs.

API int cuStreamBeginCapture_v2(void* stream, int mode) {
  IN_CONTEXT("cuStreamBeginCapture_v2");
  auto* of = static_cast<Stream*>(stream);
  if (of->capturing) {
    return ILLEGAL_STATE;
  }
  of->capturing = true;
  of->strict = mode != RELAXED;
  state.strictCaptures += of->strict;
  return SUCCESS;
}

API int cuStreamEndCapture(void* stream, void** graph) {
  // The capture ends, whatever becomes of it.
  auto* of = static_cast<Stream*>(stream);
  std::vector<Work> captured = std::move(of->captured);
  of->captured.clear();
  of->capturing = false;
  state.strictCaptures -= of->strict;
  of->strict = false;
  IN_CONTEXT("cuStreamEndCapture");
  *graph = new Graph{std::move(captured)};
  return SUCCESS;
}

API int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
  IN_CONTEXT("cuGraphInstantiateWithFlags");
  *executable = new Graph(*static_cast<Graph*>(graph));
  return SUCCESS;
}

API int cuGraphLaunch(void* executable, void* stream) {
  IN_CONTEXT("cuGraphLaunch");
  if (static_cast<Stream*>(stream)->capturing) {
    return CAPTURE_UNSUPPORTED;
  }
  for (const Work& work : static_cast<Graph*>(executable)->work) {
    if (int status = submit(stream, work)) {
      return status;
    }
  }
  return SUCCESS;
}

API int cuGraphDestroy(void* graph) {
  IN_CONTEXT("cuGraphDestroy");
  delete static_cast<Graph*>(graph);
  return SUCCESS;
}

API int cuGraphExecDestroy(void* executable) {
  IN_CONTEXT("cuGraphExecDestroy");
  delete static_cast<Graph*>(executable);
  return SUCCESS;
}

// ---- For tests.

// Forgets all that was told and counted; memory stays.
API void fake_reset() {
  std::lock_guard<std::recursive_mutex> guard(state.mutex);
  state.calls.clear();
  state.failing.clear();
  state.faulty.clear();
  state.skipsKernels = state.lazy = false;
  state.violations = state.pending = state.lost = 0;
  state.devices = state.pools = 1;
  state.version = 13000;
  state.memory = 1ull << 30;
}

// The n-th call of a function from now on fails.
API void fake_fail(const char* function, int n, int status) {
  state.failing = function;
  state.failsAfter = n;
  state.failure = status;
}

// A kernel fails after its launch; the next call that waits tells, and all after it.
API void fake_fault(const char* kernel, int status) {
  state.faulty = kernel;
  state.fault = status;
}

// Launches do nothing at all, so that what comes before them can be timed.
API void fake_skip_kernels(int skips) { state.skipsKernels = skips != 0; }

// Streams do nothing before they are waited for, so that whoever relies on an order that nobody asked for is found out.
API void fake_lazy(int lazy) { state.lazy = lazy != 0; }

API void fake_devices(int count) { state.devices = count; }

API void fake_pools(int supported) { state.pools = supported; }

API void fake_version(int version) { state.version = version; }

API void fake_memory(long long bytes) { state.memory = static_cast<Address>(bytes); }

API long fake_calls(const char* function) { return state.calls[function]; }

// Pieces of memory in whose guard zones something was written.
API long fake_violations() { return state.violations; }

// Contexts, streams, events, pools, pieces of pinned memory and modules that were not given back.
API long fake_open() { return state.open; }

// Whether the call that was to fail has come.
API long fake_failed() { return !state.failing.empty() && state.failsAfter <= 0; }

// Bytes of device memory that the process has in use or waiting.
API long long fake_reserved() { return static_cast<long long>(reserved); }

// Work of the pretended libraries, in a stream.
API int fake_submit(void* stream, void (*work)(void*), void* data) {
  std::lock_guard<std::recursive_mutex> guard(state.mutex);
  return submit(stream, [=] { work(data); });
}
