package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.libraries.Cudnn;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBackendAttributeName;
import jcuda.jcudnn.cudnnBackendDescriptorType;

/**
 * How cuDNN does a graph on a device: which kernels with which settings, and the kernels themselves
 * where they are compiled for the graph. As text it outlives the process.
 */
final class GraphPlan implements AutoCloseable {
  private static final String EXECUTE = "cudnnBackendExecute";

  // What JCuda's constants lack.
  private static final int TEXT = 405; // CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION

  private final Cudnn cudnn;
  private final GraphDescriptor plan;
  private final long workspaceBytes;

  private GraphPlan(Cudnn cudnn, GraphDescriptor plan) {
    this.cudnn = cudnn;
    this.plan = plan;
    workspaceBytes =
        plan.getLong(cudnnBackendAttributeName.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
  }

  /** The functions of the library that this calls. */
  static Stream<String> functions() {
    return Stream.of(EXECUTE);
  }

  /** Plans {@code configuration}, which compiles what has to be. */
  static GraphPlan of(Cudnn cudnn, GraphDevice device, GraphDescriptor configuration) {
    return finished(
        cudnn,
        device,
        plan ->
            plan.setDescriptors(
                cudnnBackendAttributeName.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration));
  }

  /** What {@link #text} was of, on the same device with the same version of cuDNN. */
  static GraphPlan of(Cudnn cudnn, GraphDevice device, byte[] text) {
    return finished(cudnn, device, plan -> plan.setText(TEXT, text));
  }

  private static GraphPlan finished(
      Cudnn cudnn, GraphDevice device, UnaryOperator<GraphDescriptor> described) {
    GraphDescriptor plan =
        new GraphDescriptor(
            cudnn, cudnnBackendDescriptorType.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    try {
      return new GraphPlan(cudnn, described.apply(device.tell(plan)).finish());
    } catch (RuntimeException e) {
      plan.close();
      throw e;
    }
  }

  byte[] text() {
    return plan.getText(TEXT);
  }

  long workspaceBytes() {
    return workspaceBytes;
  }

  /** Runs it, the plan {@code number}, with the operands {@code ids} at {@code addresses}. */
  void run(CudnnStream stream, int number, long[] ids, long[] addresses) {
    stream.run(
        EXECUTE,
        number,
        workspaceBytes,
        workspace -> {
          try (GraphDescriptor operands =
              new GraphDescriptor(
                  cudnn, cudnnBackendDescriptorType.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR)) {
            operands
                .set(cudnnBackendAttributeName.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids)
                .setAddresses(
                    cudnnBackendAttributeName.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, addresses)
                .setAddresses(
                    cudnnBackendAttributeName.CUDNN_ATTR_VARIANT_PACK_WORKSPACE, workspace.value())
                .finish();
            return JCudnn.cudnnBackendExecute(stream.handle(), plan.raw(), operands.raw());
          }
        });
  }

  @Override
  public void close() {
    plan.close();
  }
}
