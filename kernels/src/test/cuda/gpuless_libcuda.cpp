// A driver without a GPU, for the real cuDNN while it plans and compiles graphs for a GPU that is only described. These
// are the functions that it looks for before it compiles; what was compiled it loads, which does nothing here.
enum { SUCCESS = 0, NO_DEVICE = 100 };

#define API extern "C"

API int cuDriverGetVersion(int* version) {
  *version = 13000;
  return SUCCESS;
}

API int cuLibraryLoadData(void** library) {
  *library = library;
  return SUCCESS;
}

API int cuLibraryGetKernel(void** kernel) {
  *kernel = kernel;
  return SUCCESS;
}

API int cuLibraryUnload() { return SUCCESS; }
API int cuKernelGetAttribute() { return SUCCESS; }
API int cuKernelSetAttribute() { return SUCCESS; }

#define ABSENT(function) \
  API int function() { return NO_DEVICE; }

ABSENT(cuInit)
ABSENT(cuGetErrorName)
ABSENT(cuGetErrorString)
ABSENT(cuGetProcAddress_v2)
ABSENT(cuDeviceGet)
ABSENT(cuDeviceGetAttribute)
ABSENT(cuDeviceGetCount)
ABSENT(cuDevicePrimaryCtxRelease)
ABSENT(cuDevicePrimaryCtxReset)
ABSENT(cuDevicePrimaryCtxRetain)
ABSENT(cuCtxGetCurrent)
ABSENT(cuCtxGetDevice)
ABSENT(cuCtxGetLimit)
ABSENT(cuCtxPopCurrent)
ABSENT(cuCtxPushCurrent)
ABSENT(cuStreamGetCtx)
ABSENT(cuStreamSynchronize)
ABSENT(cuMemcpyDtoH_v2)
ABSENT(cuModuleGetFunction)
ABSENT(cuModuleGetGlobal_v2)
ABSENT(cuModuleLoadData)
ABSENT(cuModuleLoadDataEx)
ABSENT(cuModuleLoadFatBinary)
ABSENT(cuModuleUnload)
ABSENT(cuLibraryLoadFromFile)
ABSENT(cuLinkAddData)
ABSENT(cuLinkAddData_v2)
ABSENT(cuLinkAddFile_v2)
ABSENT(cuLinkComplete)
ABSENT(cuLinkCreate)
ABSENT(cuLinkCreate_v2)
ABSENT(cuLinkDestroy)
ABSENT(cuFuncGetAttribute)
ABSENT(cuFuncSetAttribute)
ABSENT(cuOccupancyMaxActiveBlocksPerMultiprocessor)
ABSENT(cuOccupancyMaxPotentialClusterSize)
ABSENT(cuTensorMapEncodeTiled)
ABSENT(cuLaunchCooperativeKernel)
ABSENT(cuLaunchKernel)
ABSENT(cuLaunchKernelEx)
