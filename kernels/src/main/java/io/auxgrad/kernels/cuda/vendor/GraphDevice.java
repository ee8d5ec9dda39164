package io.auxgrad.kernels.cuda.vendor;

import jcuda.jcudnn.cudnnBackendAttributeName;
import jcuda.jcudnn.cudnnBackendDescriptorType;

/** What plans are made for. */
interface GraphDevice {
  /** Sets what a graph, a question for plans or a plan has to know of it. */
  GraphDescriptor tell(GraphDescriptor descriptor);

  /** The GPU of {@code handle}. */
  static GraphDevice of(NativeHandle handle) {
    return descriptor ->
        switch (descriptor.kind()) {
          case cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR ->
              descriptor.setHandle(
                  cudnnBackendAttributeName.CUDNN_ATTR_OPERATIONGRAPH_HANDLE, handle);
          case cudnnBackendDescriptorType.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR ->
              descriptor.setHandle(
                  cudnnBackendAttributeName.CUDNN_ATTR_EXECUTION_PLAN_HANDLE, handle);
          default -> descriptor;
        };
  }
}
