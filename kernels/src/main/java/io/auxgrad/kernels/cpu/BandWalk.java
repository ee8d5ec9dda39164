package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.ResizeLoops;
import io.auxgrad.kernels.cpu.simd.SpreadLoops;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import java.util.function.DoubleBinaryOperator;

/**
 * One thread's way down the bands of an image, see {@link UpsampledRows}. The two coarse rows
 * beside a band are brought to the fine width once; the band's rows are mixed of them, and their
 * gradients collected at the fine width, so that all work across pixels is done per coarse row.
 */
final class BandWalk {
  private static final int ROWS = 5;

  private final Upsampling upsampling;
  private final long prediction;
  private final long gradient;
  private final UpsampledRows.Visitor visitor;
  private final int length;
  private final long row;
  private final long planes;
  private final long scratch;
  private long top;
  private long bottom;
  private long topGradient;
  private long bottomGradient;

  BandWalk(
      Upsampling upsampling,
      long prediction,
      long gradient,
      UpsampledRows.Visitor visitor,
      long room) {
    this.upsampling = upsampling;
    this.prediction = prediction;
    this.gradient = gradient;
    this.visitor = visitor;
    length = upsampling.fineLength();
    long bytes = rowBytes(length);
    row = room;
    top = room + bytes;
    bottom = room + 2 * bytes;
    topGradient = room + 3 * bytes;
    bottomGradient = room + 4 * bytes;
    planes = room + ROWS * bytes;
    scratch = planes + rowBytes(upsampling.scratchLength());
  }

  /** The room that a walk needs, {@code scratchFloats} for its visitor included. */
  static long bytes(Upsampling upsampling, int scratchFloats) {
    return ROWS * rowBytes(upsampling.fineLength())
        + rowBytes(upsampling.scratchLength())
        + rowBytes(scratchFloats);
  }

  private static long rowBytes(int floats) {
    return Math.ceilDiv(4L * floats, 64) * 64;
  }

  /**
   * Visits bands {@code [first, end)}, writes the gradients of the coarse rows above them, and to
   * {@code spill} what belongs to row {@code end}, if there is one.
   */
  double bands(int image, int first, int end, DoubleBinaryOperator operator, long spill) {
    ResizeAxis vertical = upsampling.vertical();
    int fine = 0;
    while (fine < vertical.out() && vertical.left()[fine] < first) {
      fine++;
    }
    double result = 0;
    upsampling.expand(coarse(prediction, image, first), planes, top);
    clear(topGradient);
    for (int band = first; band < end; band++) {
      if (band + 1 < vertical.in()) {
        upsampling.expand(coarse(prediction, image, band + 1), planes, bottom);
      }
      clear(bottomGradient);
      for (; fine < vertical.out() && vertical.left()[fine] == band; fine++) {
        result = operator.applyAsDouble(result, visit(image, fine, vertical.weight()[fine]));
      }
      if (gradient != 0) {
        upsampling.contract(topGradient, planes, coarse(gradient, image, band));
      }
      stepDown();
    }
    if (gradient != 0 && end < vertical.in()) {
      upsampling.contract(topGradient, planes, spill);
    }
    return result;
  }

  private double visit(int image, int fine, float weight) {
    if (weight == 0) {
      Native.copy(top, row, 4L * length);
    } else {
      ResizeLoops.mixRows(top, bottom, weight, row, length);
    }
    long firstPixel = ((long) image * upsampling.vertical().out() + fine) * upsampling.width();
    double result = visitor.visit(row, firstPixel, scratch);
    if (gradient != 0) {
      if (weight == 0) {
        UpdateLoops.accumulate(topGradient, row, length);
      } else {
        SpreadLoops.addToRows(row, weight, topGradient, bottomGradient, length);
      }
    }
    return result;
  }

  private void clear(long fineGradient) {
    if (gradient != 0) {
      UpdateLoops.fill(fineGradient, 0, length);
    }
  }

  private void stepDown() {
    long above = top;
    top = bottom;
    bottom = above;
    long aboveGradient = topGradient;
    topGradient = bottomGradient;
    bottomGradient = aboveGradient;
  }

  private long coarse(long base, int image, int coarseRow) {
    long number = (long) image * upsampling.vertical().in() + coarseRow;
    return base + 4 * number * upsampling.coarseLength();
  }
}
