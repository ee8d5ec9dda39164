package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.ArgmaxLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.SoftmaxLoops;
import io.auxgrad.kernels.cpu.simd.UnitVectorLoops;
import io.auxgrad.kernels.shape.ReducedShape;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ReductionOps;
import java.util.Arrays;

/** Reductions; what is summed in one go depends on the shape only, never on the threads. */
final class CpuReduction extends ReductionOps {
  /** Elements that one thread reduces in one go. */
  private static final int CHUNK = 16384;

  /** Rows up to this length are summed in float32. */
  private static final int SHORT_ROW = 1024;

  /** Rows shorter than this are narrow. */
  private static final int NARROW = 128;

  private static final int COLUMN_BLOCK = 4096;
  private static final int MOST_ROW_CHUNKS = 64;
  private static final int COSTLY_GRAIN = 4096;
  private static final long ROWS = 64;

  private final CpuContext context;
  private final Widening widening;

  CpuReduction(CpuContext context, Widening widening) {
    this.context = context;
    this.widening = widening;
  }

  @Override
  protected void runReduce(Kind kind, Tensor x, Tensor y) {
    widening.run(y, sum -> reduce(kind, widening.of(x).address(), x.shape(), sum));
  }

  private void reduce(Kind kind, long x, Shape from, Tensor y) {
    if (from.size() == 0) {
      Native.clear(y.address(), y.byteSize()); // what sums to nothing
      return;
    }
    ReducedShape shape = ReducedShape.of(from, y.shape());
    long terms = from.size() / y.size();
    Fold fold = Fold.of(kind, terms);
    if (terms == 1) {
      Native.copy(x, y.address(), y.byteSize());
    } else if (!shape.isSimple()) {
      anywhere(fold, x, y, shape, terms);
    } else if (shape.inner() > 1) {
      columns(fold, x, shape, y.address());
    } else if (shape.length() <= SHORT_ROW) {
      shortRows(fold, x, shape.outer(), shape.length(), y.address());
    } else {
      longRows(fold, x, shape.outer(), shape.length(), y.address());
    }
  }

  private void shortRows(Fold fold, long x, int rows, int length, long y) {
    int block = Math.ceilDiv(CHUNK, length);
    context
        .workers()
        .chunks(
            rows,
            block,
            (_, lo, hi) -> {
              float[] values = new float[(int) (hi - lo)];
              fold.each(x + 4 * lo * length, length, values.length, values);
              for (int i = 0; i < values.length; i++) {
                Native.putFloat(y, lo + i, fold.finish(values[i]));
              }
            });
  }

  private void longRows(Fold fold, long x, int rows, int length, long y) {
    int chunks = Workers.chunkCount(length, CHUNK);
    double[] partial = new double[rows * chunks];
    context
        .workers()
        .run(
            partial.length,
            part -> {
              long first = (long) (part % chunks) * CHUNK;
              int n = (int) Math.min(CHUNK, length - first);
              partial[part] = fold.of(x + 4 * ((long) (part / chunks) * length + first), n);
            });
    for (int row = 0; row < rows; row++) {
      double value = fold.start();
      for (int chunk = 0; chunk < chunks; chunk++) {
        value = fold.combine(value, partial[row * chunks + chunk]);
      }
      Native.putFloat(y, row, fold.finish(value));
    }
  }

  /**
   * Columns of {@code [outer, length, inner]}, in blocks of columns and, if those are few, of rows.
   */
  private void columns(Fold fold, long x, ReducedShape shape, long y) {
    int length = shape.length();
    int inner = shape.inner();
    int blocks = Math.ceilDiv(inner, COLUMN_BLOCK);
    int rows = rowsAtATime(shape.outer() * blocks, length, inner);
    int chunks = Math.ceilDiv(length, rows);
    double[][] partial = new double[shape.outer() * blocks * chunks][];
    context
        .workers()
        .run(
            partial.length,
            part -> {
              int chunk = part % chunks;
              int block = part / chunks % blocks;
              long row = (long) (part / chunks / blocks) * length + (long) chunk * rows;
              int column = block * COLUMN_BLOCK;
              double[] values = new double[Math.min(COLUMN_BLOCK, inner - column)];
              Arrays.fill(values, fold.start());
              long at = x + 4 * (row * inner + column);
              int count = Math.min(rows, length - chunk * rows);
              foldRows(fold, at, inner, count, values);
              partial[part] = values;
            });
    for (int part = 0; part < partial.length; part += chunks) {
      int block = part / chunks % blocks;
      long at = (long) (part / chunks / blocks) * inner + (long) block * COLUMN_BLOCK;
      combine(fold, partial, part, chunks, y + 4 * at);
    }
  }

  /** Narrow rows are taken many at a time, as if they were one. */
  private static void foldRows(Fold fold, long x, int inner, int rows, double[] values) {
    int together = values.length == inner ? Math.ceilDiv(NARROW, inner) : 1;
    if (together < 2 || rows < 2 * together) {
      fold.rows(x, inner, rows, values);
      return;
    }
    double[] wide = new double[together * inner];
    Arrays.fill(wide, fold.start());
    int groups = rows / together;
    fold.rows(x, wide.length, groups, wide);
    for (int i = 0; i < wide.length; i++) {
      values[i % inner] = fold.combine(values[i % inner], wide[i]);
    }
    fold.rows(x + 4L * groups * wide.length, inner, rows - groups * together, values);
  }

  private static int rowsAtATime(int independent, int length, int inner) {
    return independent >= MOST_ROW_CHUNKS
        ? length
        : Math.max(Math.ceilDiv(CHUNK, inner), Math.ceilDiv(length, MOST_ROW_CHUNKS));
  }

  private static void combine(Fold fold, double[][] partial, int first, int chunks, long y) {
    double[] values = partial[first];
    for (int chunk = 1; chunk < chunks; chunk++) {
      for (int c = 0; c < values.length; c++) {
        values[c] = fold.combine(values[c], partial[first + chunk][c]);
      }
    }
    for (int c = 0; c < values.length; c++) {
      Native.putFloat(y, c, fold.finish(values[c]));
    }
  }

  /** Several reduced dimensions with kept ones in between: rare, and element by element. */
  private void anywhere(Fold fold, long from, Tensor y, ReducedShape shape, long terms) {
    long to = y.address();
    context
        .workers()
        .range(
            y.size(),
            Math.ceilDiv(COSTLY_GRAIN, terms),
            (_, lo, hi) -> {
              for (long i = lo; i < hi; i++) {
                long origin = shape.origin(i);
                double value = fold.start();
                for (long k = 0; k < terms; k++) {
                  long at = from + 4 * (origin + shape.distance(k));
                  value = fold.combine(value, fold.of(at, 1));
                }
                Native.putFloat(to, i, fold.finish(value));
              }
            });
  }

  private interface Rows {
    void run(long lo, long hi);
  }

  private void rows(Tensor x, Rows body) {
    int columns = x.shape().dim(-1);
    // Whole vectors of rows: elsewhere some elements would not be in a vector.
    long grain = Math.ceilDiv(COSTLY_GRAIN, columns * ROWS) * ROWS;
    context.workers().range(x.size() / columns, grain, (_, lo, hi) -> body.run(lo, hi));
  }

  @Override
  protected void runArgmax(Tensor x, Tensor y) {
    int columns = x.shape().dim(-1);
    widening.run(
        y,
        indices -> {
          long from = widening.of(x).address();
          rows(x, (lo, hi) -> ArgmaxLoops.rows(from, columns, indices.address(), lo, hi));
        });
  }

  @Override
  protected void runSoftmax(Tensor x, Tensor y) {
    int columns = x.shape().dim(-1);
    widening.run(
        y,
        to -> {
          long from = widening.of(x).address();
          rows(x, (lo, hi) -> SoftmaxLoops.rows(from, columns, to.address(), lo, hi));
        });
  }

  @Override
  protected void runSoftmaxBackward(Tensor dy, Tensor y, Tensor dx) {
    int columns = y.shape().dim(-1);
    widening.run(
        dx,
        to -> {
          long gradient = widening.of(dy).address();
          long from = widening.of(y).address();
          rows(y, (lo, hi) -> SoftmaxLoops.gradient(gradient, from, columns, to.address(), lo, hi));
        });
  }

  @Override
  protected void runUnitVectors(Tensor x, Tensor y) {
    int columns = x.shape().dim(-1);
    widening.run(
        y,
        to -> {
          long from = widening.of(x).address();
          rows(x, (lo, hi) -> UnitVectorLoops.rows(from, columns, to.address(), lo, hi));
        });
  }
}
