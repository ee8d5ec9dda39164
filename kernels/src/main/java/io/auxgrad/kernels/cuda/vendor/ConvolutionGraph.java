package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.ArrayList;
import java.util.List;
import jcuda.jcudnn.cudnnBackendAttributeName;
import jcuda.jcudnn.cudnnBackendAttributeType;
import jcuda.jcudnn.cudnnBackendDescriptorType;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPointwiseMode;

/**
 * Writes a convolution, and what follows it, as a graph of cuDNN's operations. Between them is
 * float32 that no memory holds, so that {@code y} is rounded once. Needs no GPU.
 */
final class ConvolutionGraph {
  /** By which the operands are known when the graph is run; what lies between has higher ones. */
  static final long X = 1;

  static final long W = 2;
  static final long Y = 3;
  static final long BIAS = 4;
  static final long RESIDUAL = 5;
  private static final long FIRST_BETWEEN = 10;

  /** Of addresses; our memory is aligned to more. */
  private static final long ALIGNMENT = 16;

  private final GraphScope scope;
  private final ConvolutionProblem problem;
  private final List<GraphDescriptor> operations = new ArrayList<>();
  private long next = FIRST_BETWEEN;
  private int left;

  private ConvolutionGraph(GraphScope scope, ConvolutionProblem problem, int operations) {
    this.scope = scope;
    this.problem = problem;
    left = operations;
  }

  /** The graph of {@code problem} followed by {@code ending}. */
  static GraphDescriptor of(
      GraphScope scope, GraphDevice device, ConvolutionProblem problem, Ending ending) {
    ConvolutionGraph graph = new ConvolutionGraph(scope, problem, 1 + ending.steps());
    graph.write(ending);
    return device
        .tell(scope.create(cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR))
        .setDescriptors(
            cudnnBackendAttributeName.CUDNN_ATTR_OPERATIONGRAPH_OPS,
            graph.operations.toArray(GraphDescriptor[]::new))
        .finish();
  }

  private void write(Ending ending) {
    GraphDescriptor y = convolve();
    if (ending.bias()) {
      y = add(y, image(BIAS, DType.FLOAT32, Shape.of(1, 1, 1, problem.y().dim(3))));
    }
    if (ending.residual()) {
      y = add(y, image(RESIDUAL, problem.type(), problem.y()));
    }
    if (ending.activation() != Activation.IDENTITY) {
      operate(y, null, relu(ending.activation()));
    }
  }

  private GraphDescriptor add(GraphDescriptor a, GraphDescriptor b) {
    return operate(a, b, pointwise(cudnnPointwiseMode.CUDNN_POINTWISE_ADD).finish());
  }

  /** What the next operation writes. */
  private GraphDescriptor output() {
    left--;
    return left == 0 ? image(Y, problem.type(), problem.y()) : between();
  }

  private GraphDescriptor image(long id, DType type, Shape nhwc) {
    return tensor(id, type, nhwc).finish();
  }

  private GraphDescriptor between() {
    return tensor(next++, DType.FLOAT32, problem.y())
        .setFlag(cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_IS_VIRTUAL, true)
        .finish();
  }

  // cuDNN names channels before rows; strides say how they lie.
  private GraphDescriptor tensor(long id, DType type, Shape nhwc) {
    long rows = nhwc.dim(1);
    long columns = nhwc.dim(2);
    long channels = nhwc.dim(3);
    return scope
        .create(cudnnBackendDescriptorType.CUDNN_BACKEND_TENSOR_DESCRIPTOR)
        .setChoice(
            cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_DATA_TYPE,
            cudnnBackendAttributeType.CUDNN_TYPE_DATA_TYPE,
            CudnnDescriptors.type(type))
        .set(
            cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_DIMENSIONS,
            nhwc.dim(0),
            channels,
            rows,
            columns)
        .set(
            cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_STRIDES,
            rows * columns * channels,
            1,
            columns * channels,
            channels)
        .set(cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_UNIQUE_ID, id)
        .set(cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, ALIGNMENT);
  }

  private GraphDescriptor convolve() {
    GraphDescriptor y = output();
    Slots slots = Slots.valueOf(problem.direction().name());
    operations.add(
        scope
            .create(slots.kind)
            .setDescriptors(slots.x, image(X, problem.type(), problem.x()))
            .setDescriptors(slots.w, image(W, problem.type(), problem.w()))
            .setDescriptors(slots.y, y)
            .setDescriptors(slots.convolution, slide(problem.spec()))
            .setFloat(slots.alpha, 1)
            .setFloat(slots.beta, 0)
            .finish());
    return y;
  }

  private GraphDescriptor slide(Conv2dSpec spec) {
    long[] padding = {spec.padH(), spec.padW()};
    return scope
        .create(cudnnBackendDescriptorType.CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR)
        .setChoice(
            cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_COMP_TYPE,
            cudnnBackendAttributeType.CUDNN_TYPE_DATA_TYPE,
            cudnnDataType.CUDNN_DATA_FLOAT)
        .setChoice(
            cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_CONV_MODE,
            cudnnBackendAttributeType.CUDNN_TYPE_CONVOLUTION_MODE,
            cudnnConvolutionMode.CUDNN_CROSS_CORRELATION)
        .set(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2)
        .set(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, padding)
        .set(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, padding)
        .set(
            cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES,
            spec.strideH(),
            spec.strideW())
        .set(
            cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_DILATIONS,
            spec.dilationH(),
            spec.dilationW())
        .finish();
  }

  private GraphDescriptor operate(
      GraphDescriptor a, GraphDescriptor bOrNull, GraphDescriptor what) {
    GraphDescriptor y = output();
    GraphDescriptor operation =
        scope
            .create(cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR)
            .setDescriptors(
                cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, what)
            .setDescriptors(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_POINTWISE_XDESC, a)
            .setDescriptors(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y);
    if (bOrNull != null) {
      operation.setDescriptors(
          cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_POINTWISE_BDESC, bOrNull);
    }
    operations.add(operation.finish());
    return y;
  }

  private GraphDescriptor relu(Activation activation) {
    GraphDescriptor relu =
        pointwise(cudnnPointwiseMode.CUDNN_POINTWISE_RELU_FWD)
            .setChoice(
                cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_NAN_PROPAGATION,
                cudnnBackendAttributeType.CUDNN_TYPE_NAN_PROPOGATION,
                cudnnNanPropagation.CUDNN_PROPAGATE_NAN);
    if (activation == Activation.RELU6) {
      relu.setDouble(cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP, 0)
          .setDouble(cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_RELU_UPPER_CLIP, 6);
    }
    return relu.finish();
  }

  private GraphDescriptor pointwise(int mode) {
    return scope
        .create(cudnnBackendDescriptorType.CUDNN_BACKEND_POINTWISE_DESCRIPTOR)
        .setChoice(
            cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_MODE,
            cudnnBackendAttributeType.CUDNN_TYPE_POINTWISE_MODE,
            mode)
        .setChoice(
            cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_MATH_PREC,
            cudnnBackendAttributeType.CUDNN_TYPE_DATA_TYPE,
            cudnnDataType.CUDNN_DATA_FLOAT);
  }

  /** The operation of a direction, and its attributes. */
  private enum Slots {
    FORWARD(
        cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA),
    GRAD_INPUT(
        cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA),
    GRAD_WEIGHT(
        cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
        cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA);

    private final int kind;
    private final int x;
    private final int w;
    private final int y;
    private final int convolution;
    private final int alpha;
    private final int beta;

    Slots(int kind, int x, int w, int y, int convolution, int alpha, int beta) {
      this.kind = kind;
      this.x = x;
      this.w = w;
      this.y = y;
      this.convolution = convolution;
      this.alpha = alpha;
      this.beta = beta;
    }
  }
}
