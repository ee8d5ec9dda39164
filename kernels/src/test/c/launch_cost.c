// What a launch costs a program in C, to hold what it costs from Java against.
//
//   launch_cost MODULE KERNEL
//
// launches KERNEL, which takes no arguments, from the file MODULE in batches on the first GPU and prints two medians in
// nanoseconds: from one kernel to the next on the GPU, and how long the host is busy with a launch. The driver is
// loaded when it runs, so that it builds without CUDA:
//
//   cc -O2 -o launch_cost launch_cost.c -ldl
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
  USAGE = 2,
  LAUNCHES = 500,  // fewer than the driver takes without waiting
  WARMUP = 5,
  BATCHES = 40,
  THREADS = 256,
  NON_BLOCKING = 1
};

static void fail(const char* what, const char* why) {
  fprintf(stderr, "launch_cost: %s: %s\n", what, why);
  exit(1);
}

static void* find(void* driver, const char* name) {
  void* function = dlsym(driver, name);
  if (function == NULL) {
    fail(name, "the driver lacks it");
  }
  return function;
}

#define FUNCTION(NAME, ...) int (*NAME)(__VA_ARGS__) = (int (*)(__VA_ARGS__))find(driver, #NAME)

#define CHECK(CALL)                                    \
  do {                                                 \
    int status = CALL;                                 \
    if (status != 0) {                                 \
      char text[32];                                   \
      snprintf(text, sizeof text, "status %d", status); \
      fail(#CALL, text);                               \
    }                                                  \
  } while (0)

static char* contents(const char* path) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) {
    fail(path, "cannot be read");
  }
  fseek(file, 0, SEEK_END);
  long bytes = ftell(file);
  rewind(file);
  char* text = malloc(bytes > 0 ? (size_t)bytes : 1);
  if (bytes <= 0 || text == NULL || fread(text, 1, (size_t)bytes, file) != (size_t)bytes) {
    fail(path, "cannot be read");
  }
  fclose(file);
  return text;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int byValue(const void* a, const void* b) {
  double left = *(const double*)a;
  double right = *(const double*)b;
  return (left > right) - (left < right);
}

static double median(double* values) {
  qsort(values, BATCHES, sizeof *values, byValue);
  return (values[BATCHES / 2 - 1] + values[BATCHES / 2]) / 2;
}

int main(int count, char** arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: launch_cost MODULE KERNEL\n");
    return USAGE;
  }
  void* driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (driver == NULL) {
    fail("libcuda.so.1", dlerror());
  }
  FUNCTION(cuInit, unsigned);
  FUNCTION(cuDeviceGet, int*, int);
  FUNCTION(cuDevicePrimaryCtxRetain, void**, int);
  FUNCTION(cuCtxSetCurrent, void*);
  FUNCTION(cuModuleLoadData, void**, const void*);
  FUNCTION(cuModuleGetFunction, void**, void*, const char*);
  FUNCTION(cuStreamCreate, void**, unsigned);
  FUNCTION(cuEventCreate, void**, unsigned);
  FUNCTION(cuEventRecord, void*, void*);
  FUNCTION(cuEventSynchronize, void*);
  FUNCTION(cuEventElapsedTime, float*, void*, void*);
  FUNCTION(cuLaunchKernel, void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**,
           void**);

  int device;
  void *context, *module, *kernel, *stream, *start, *end;
  CHECK(cuInit(0));
  CHECK(cuDeviceGet(&device, 0));
  CHECK(cuDevicePrimaryCtxRetain(&context, device));
  CHECK(cuCtxSetCurrent(context));
  CHECK(cuModuleLoadData(&module, contents(arguments[1])));
  CHECK(cuModuleGetFunction(&kernel, module, arguments[2]));
  CHECK(cuStreamCreate(&stream, NON_BLOCKING));
  CHECK(cuEventCreate(&start, 0));
  CHECK(cuEventCreate(&end, 0));

  double onGpu[BATCHES];
  double onHost[BATCHES];
  for (int batch = -WARMUP; batch < BATCHES; batch++) {
    CHECK(cuEventRecord(start, stream));
    double before = now();
    for (int i = 0; i < LAUNCHES; i++) {
      CHECK(cuLaunchKernel(kernel, 1, 1, 1, THREADS, 1, 1, 0, stream, NULL, NULL));
    }
    double after = now();
    CHECK(cuEventRecord(end, stream));
    CHECK(cuEventSynchronize(end));
    float milliseconds;
    CHECK(cuEventElapsedTime(&milliseconds, start, end));
    if (batch >= 0) {
      onGpu[batch] = milliseconds * 1e6 / LAUNCHES;
      onHost[batch] = (after - before) / LAUNCHES;
    }
  }
  printf("%.1f %.1f\n", median(onGpu), median(onHost));
  return 0;
}
