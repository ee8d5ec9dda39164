package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.kernels.shape.ReducedShape;
import io.auxgrad.kernels.shape.ReducedShape.Axis;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ReductionOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Launches the kernels of {@code reduction.cu}. A reduction reads its input once; what blocks leave
 * to another launch is a small part of that.
 */
final class CudaReduction extends ReductionOps {
  /** Slabs and rows up to this many elements go through shared memory. */
  private static final int SHORT = 256;

  /** Rows up to this many elements are left to one warp each, from so many rows on. */
  private static final int LONG = 4096;

  private static final int MANY = 4096;
  private static final int WARP = 32;

  private final Gpu gpu;
  private final Columns columns = new Columns();
  private final Fold sum;
  private final Fold max;
  private final Fold min;
  private final Rows argmax;
  private final Rows softmax;
  private final Rows softmaxBackward;
  private final Rows unitVectors;

  CudaReduction(Gpu gpu) {
    this.gpu = gpu;
    KernelFile file = new KernelFile(gpu, "reduction.cu");
    sum = Fold.of(file, "sum", DType.FLOAT64);
    max = Fold.of(file, "max", DType.FLOAT32);
    min = Fold.of(file, "min", DType.FLOAT32);
    argmax = Rows.of(file, "argmax");
    softmax = Rows.of(file, "softmax");
    softmaxBackward = Rows.of(file, "softmax_backward");
    unitVectors = Rows.of(file, "unit_vectors");
  }

  /** Kernels of one way of combining values, and the type of what is left to another launch. */
  private record Fold(KernelFile.TypedByTwo slabs, KernelFile.TypedByTwo columns, DType total) {
    static Fold of(KernelFile file, String name, DType total) {
      return new Fold(file.typedByTwo(name + "_slabs"), file.typedByTwo(name + "_columns"), total);
    }
  }

  /** Kernels for short rows, for many longer ones, and for few or very long ones. */
  private record Rows(
      KernelFile.Typed shortRows, KernelFile.Typed manyRows, KernelFile.Typed longRows) {
    static Rows of(KernelFile file, String name) {
      return new Rows(file.typed(name), file.typed(name + "_many"), file.typed(name + "_long"));
    }

    KernelFile.Typed of(long rows, int columns) {
      return columns <= SHORT ? shortRows : areMany(rows, columns) ? manyRows : longRows;
    }

    static boolean areMany(long rows, int columns) {
      return rows >= MANY && columns <= LONG;
    }
  }

  @Override
  protected void runReduce(Kind kind, Tensor x, Tensor y) {
    if (y.size() == 0) {
      return;
    }
    Fold fold =
        switch (kind) {
          case SUM, MEAN -> sum;
          case MAX -> max;
          case MIN -> min;
        };
    double divisor = kind == Kind.MEAN ? (double) x.size() / y.size() : 1;
    List<Axis> axes =
        x.size() == 0
            ? List.of(new Axis(y.size(), 0, 1))
            : ReducedShape.of(x.shape(), y.shape()).axes();
    fold(fold, x.dtype(), x.address(), axes, divisor, y.address());
  }

  /** Reduces along the first of {@code axes}, then what is left along the others. */
  private void fold(Fold fold, DType type, long x, List<Axis> axes, double divisor, long y) {
    Axis axis = axes.getFirst();
    ColumnPlan plan = ColumnPlan.of(axis, type, gpu.multiprocessors());
    List<Axis> rest = new ArrayList<>(axes.subList(1, axes.size()));
    if (plan.chunks() > 1) {
      rest.addFirst(new Axis(axis.outer(), plan.chunks(), axis.inner()));
    }
    if (rest.isEmpty()) {
      launch(fold, type, DType.FLOAT32, x, axis, plan, divisor, y);
      return;
    }
    long results = axis.results() * plan.chunks();
    try (Scratch partial = new Scratch(gpu, results * fold.total().bytes())) {
      launch(fold, type, fold.total(), x, axis, plan, 1, partial.address());
      fold(fold, fold.total(), partial.address(), rest, divisor, y);
    }
  }

  private void launch(
      Fold fold, DType from, DType to, long x, Axis axis, ColumnPlan plan, double divisor, long y) {
    if (axis.length() * axis.inner() <= SHORT) {
      int length = (int) axis.length();
      int inner = (int) axis.inner();
      TilePlan tiles = TilePlan.of(from, length * inner, length);
      fold.slabs()
          .begin(from, to)
          .put(x)
          .put(y)
          .put(axis.outer())
          .put(length)
          .put(inner)
          .put(tiles.rows())
          .put(tiles.lanes())
          .put(divisor)
          .launchBlocks(Math.ceilDiv(axis.outer(), tiles.rows()), Kernel.BLOCK);
    } else {
      fold.columns()
          .begin(from, to)
          .put(x)
          .put(y)
          .put(columns.of(axis, plan))
          .put(divisor)
          .launchBlocks(axis.outer() * plan.blocks(), Kernel.BLOCK);
    }
  }

  private static void launch(Rows kernels, Tensor x, Tensor secondOrNull, Tensor y) {
    int columns = x.shape().dim(-1);
    long rows = x.shape().rows();
    if (x.size() == 0) {
      return;
    }
    Kernel kernel = kernels.of(rows, columns).begin(x.dtype()).put(x);
    if (secondOrNull != null) {
      kernel.put(secondOrNull);
    }
    kernel.put(y);
    if (columns <= SHORT) {
      TilePlan tiles = TilePlan.of(x.dtype(), columns, columns);
      kernel
          .put(rows)
          .put(columns)
          .put(tiles.rows())
          .put(tiles.lanes())
          .launchBlocks(Math.ceilDiv(rows, tiles.rows()), Kernel.BLOCK);
    } else if (Rows.areMany(rows, columns)) {
      kernel.put(rows).put(columns).launch(rows * WARP, 1);
    } else {
      kernel.put(columns).launchBlocks(rows, Kernel.BLOCK);
    }
  }

  @Override
  protected void runArgmax(Tensor x, Tensor y) {
    launch(argmax, x, null, y);
  }

  @Override
  protected void runSoftmax(Tensor x, Tensor y) {
    launch(softmax, x, null, y);
  }

  @Override
  protected void runSoftmaxBackward(Tensor dy, Tensor y, Tensor dx) {
    launch(softmaxBackward, dy, y, dx);
  }

  @Override
  protected void runUnitVectors(Tensor x, Tensor y) {
    launch(unitVectors, x, null, y);
  }
}
