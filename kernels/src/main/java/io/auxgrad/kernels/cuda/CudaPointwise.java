package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.shape.Broadcast;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.UnaryOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Launches the element-wise kernels of {@code pointwise.cu}. */
final class CudaPointwise extends PointwiseOps {
  private static final int PACK_BYTES = 16;

  /** Elements of a thread where shapes differ, and the kernels of random numbers. */
  private static final int FEW = 4;

  private final Map<UnaryOp, KernelFile.Typed> unary;
  private final Map<UnaryOp, KernelFile.Typed> unaryBackward;
  private final Map<BinaryOp, KernelFile.TypedByTwo> binary;
  private final Map<BinaryOp, KernelFile.TypedByTwo> binaryRow;
  private final Map<BinaryOp, KernelFile.TypedByTwo> binaryBroadcast;
  private final KernelFile.Typed affine;
  private final KernelFile.Typed accumulate;
  private final KernelFile.Typed scaleBy;
  private final KernelFile.Typed fill;
  private final KernelFile.Typed dropout;
  private final KernelFile.TypedByTwo cast;
  private final MemorySegment broadcastArgument = Arena.ofAuto().allocate(BroadcastLayout.BYTES, 8);

  CudaPointwise(Gpu gpu) {
    KernelFile file = new KernelFile(gpu, "pointwise.cu");
    unary = byOp(UnaryOp.class, file::typed, "");
    unaryBackward = byOp(UnaryOp.class, file::typed, "_backward");
    binary = byOp(BinaryOp.class, file::typedByTwo, "");
    binaryRow = byOp(BinaryOp.class, file::typedByTwo, "_row");
    binaryBroadcast = byOp(BinaryOp.class, file::typedByTwo, "_broadcast");
    affine = file.typed("affine");
    accumulate = file.typed("accumulate");
    scaleBy = file.typed("scale_by");
    fill = file.typed("fill");
    dropout = file.typed("dropout");
    cast = file.typedByTwo("cast");
  }

  /** The kernels of all ops, which are named after them. */
  private static <O extends Enum<O>, K> Map<O, K> byOp(
      Class<O> ops, Function<String, K> kernel, String ending) {
    Map<O, K> kernels = new EnumMap<>(ops);
    for (O op : ops.getEnumConstants()) {
      kernels.put(op, kernel.apply(op.name().toLowerCase(Locale.ROOT) + ending));
    }
    return kernels;
  }

  /** Elements that a thread moves at once: a pack of the wider type. */
  private static int pack(DType... types) {
    int bytes = 0;
    for (DType type : types) {
      bytes = Math.max(bytes, type.bytes());
    }
    return PACK_BYTES / bytes;
  }

  @Override
  protected void runUnary(UnaryOp op, Tensor x, Tensor y) {
    long n = x.size();
    unary.get(op).begin(x.dtype()).put(x).put(y).put(n).launch(n, pack(x.dtype()));
  }

  @Override
  protected void runUnaryBackward(UnaryOp op, Tensor dy, Tensor x, Tensor y, Tensor dx) {
    Tensor source = op.derivative() == UnaryOp.Derivative.OUTPUT ? y : x;
    long n = dx.size();
    unaryBackward
        .get(op)
        .begin(dx.dtype())
        .put(dy)
        .put(source)
        .put(dx)
        .put(n)
        .launch(n, pack(dx.dtype()));
  }

  @Override
  protected void runBinary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    long n = y.size();
    int pack = pack(a.dtype(), b.dtype());
    if (a.shape().equals(b.shape())) {
      binary.get(op).begin(a.dtype(), b.dtype()).put(a).put(b).put(y).put(n).launch(n, pack);
      return;
    }
    Broadcast shape = Broadcast.of(a.shape(), b.shape());
    if (shape.repeatsRowOfB() && shape.rowLength() % pack == 0) {
      binaryRow
          .get(op)
          .begin(a.dtype(), b.dtype())
          .put(a)
          .put(b)
          .put(y)
          .put(n)
          .put(shape.rowLength())
          .launch(n, pack);
    } else {
      BroadcastLayout.write(shape, broadcastArgument);
      binaryBroadcast
          .get(op)
          .begin(a.dtype(), b.dtype())
          .put(a)
          .put(b)
          .put(y)
          .put(n)
          .put(broadcastArgument)
          .launch(n, FEW);
    }
  }

  /** {@code struct Broadcast} of {@code pointwise.cu}. */
  private static final class BroadcastLayout {
    static final int MOST = 8;
    static final long STRIDES_A = 40;
    static final long STRIDES_B = STRIDES_A + 8 * MOST;
    static final long BYTES = STRIDES_B + 8 * MOST;

    static void write(Broadcast shape, MemorySegment to) {
      if (shape.rank() > MOST) {
        throw new TensorException(
            "broadcast of %d dimensions that cannot be merged; %d is the most: reshape them"
                .formatted(shape.rank(), MOST));
      }
      to.set(ValueLayout.JAVA_INT, 0, shape.rank());
      for (int d = 0; d < shape.rank(); d++) {
        to.set(ValueLayout.JAVA_INT, 4 + 4L * d, shape.extent(d));
        to.set(ValueLayout.JAVA_LONG, STRIDES_A + 8L * d, shape.strideA(d));
        to.set(ValueLayout.JAVA_LONG, STRIDES_B + 8L * d, shape.strideB(d));
      }
    }
  }

  @Override
  protected void runAffine(Tensor x, float scale, float shift, Tensor y) {
    long n = x.size();
    affine.begin(x.dtype()).put(x).put(y).put(n).put(scale).put(shift).launch(n, pack(x.dtype()));
  }

  @Override
  protected void runAccumulate(Tensor target, Tensor x) {
    long n = target.size();
    accumulate.begin(target.dtype()).put(target).put(x).put(n).launch(n, pack(target.dtype()));
  }

  @Override
  protected void runScaleBy(Tensor target, Tensor factor) {
    long n = target.size();
    scaleBy.begin(target.dtype()).put(target).put(factor).put(n).launch(n, pack(target.dtype()));
  }

  @Override
  protected void runFill(Tensor target, float value) {
    long n = target.size();
    fill.begin(target.dtype()).put(target).put(n).put(value).launch(n, pack(target.dtype()));
  }

  @Override
  protected void runCopy(Tensor source, Tensor target) {
    runCast(source, target);
  }

  @Override
  protected void runCast(Tensor x, Tensor y) {
    long n = x.size();
    cast.begin(x.dtype(), y.dtype()).put(x).put(y).put(n).launch(n, pack(x.dtype(), y.dtype()));
  }

  @Override
  protected void runDropout(Tensor x, float p, long seed, Tensor stream, Tensor y) {
    long n = x.size();
    // A 24-bit number is below p * 2^24, which is exact in double, when its fraction is below p.
    int limit = (int) Math.ceil((double) p * (1 << 24));
    dropout
        .begin(x.dtype())
        .put(x)
        .put(y)
        .put(n)
        .put(limit)
        .put(1 / (1 - p))
        .put(seed)
        .put(stream)
        .launch(n, FEW);
  }
}
