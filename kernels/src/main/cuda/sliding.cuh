// How a kernel slides over an image, forward and backward: depthwise and general convolutions share it.
#pragma once
#include "common.cuh"

// For each pixel of a target, the pixels of a source that its taps meet: along either axis tap k of target t meets
//   (t * advance + first + k * dilation) / divisor
// if that is a whole number and inside. Forward the target is y, advance the stride and the divisor 1. The gradient of
// x slides over dy with the kernel turned round: the target is x, advance 1 and the divisor the stride.
struct Sliding {
  int samples;
  int sourceRows, sourceColumns, sourceChannels;
  int targetRows, targetColumns, targetChannels;
  int kernelRows, kernelColumns;
  int groups;
  int advanceRows, advanceColumns;
  int firstRow, firstColumn;
  int dilationRows, dilationColumns;
  int divisorRows, divisorColumns;

  DEVICE int taps() const { return kernelRows * kernelColumns; }

  DEVICE int targetPixels() const { return samples * targetRows * targetColumns; }

  DEVICE int residues() const { return min(divisorRows, targetRows) * min(divisorColumns, targetColumns); }

  // Pixels of the largest residue, which is the first.
  DEVICE int largestResidue() const {
    return samples * ((targetRows - 1) / divisorRows + 1) * ((targetColumns - 1) / divisorColumns + 1);
  }
};

// The row or column of the source, or -1.
DEVICE int sourceAt(int numerator, int divisor, int extent) {
  if (divisor > 1) {
    if (numerator < 0 || numerator % divisor != 0) {
      return -1;
    }
    numerator /= divisor;
  }
  return numerator >= 0 && numerator < extent ? numerator : -1;
}

struct Pixel {
  int sample;
  int row;
  int column;
};

DEVICE Pixel targetPixel(const Sliding& s, int index) {
  int row = index / s.targetColumns;
  return Pixel{row / s.targetRows, row % s.targetRows, index % s.targetColumns};
}

// ---- Residues: where something is divided, most taps of a target meet nothing, but all targets that are a multiple of
// the divisor apart meet the same taps. Those targets, as a smaller image, and those taps, as a smaller kernel, slide
// over the source without a division.

// Along one axis: the targets `begin + i * divisor`, and of the taps `tap + j * step` the first `count`.
struct ResidueAxis {
  int begin, targets;
  int tap, step, count;
  int first, dilation;

  DEVICE ResidueAxis(int begin, int targets, int taps, int first, int dilation, int divisor)
      : begin(begin), targets((targets - begin - 1) / divisor + 1), tap(0), step(1) {
    // Steps of a tap until the same remainder comes again, and the first that leaves none.
    while (step * dilation % divisor != 0) {
      step++;
    }
    while (tap < step && (begin + first + tap * dilation) % divisor != 0) {
      tap++;
    }
    count = tap < step && tap < taps ? (taps - tap - 1) / step + 1 : 0;
    this->first = (begin + first + tap * dilation) / divisor;
    this->dilation = step * dilation / divisor;
  }
};

// All of a sliding that divides nothing.
struct Whole {
  const Sliding& sliding;

  DEVICE int tap(int index) const { return index; }

  DEVICE int place(const Sliding&, int index) const { return index; }
};

// Residue number `index` of a backward sliding.
struct Residue {
  Sliding sliding;
  int firstTap, stepDown, stepAcross;
  int beginRow, beginColumn;

  DEVICE Residue(const Sliding& s, int index) : sliding(s) {
    int across = min(s.divisorColumns, s.targetColumns);
    ResidueAxis rows(index / across, s.targetRows, s.kernelRows, s.firstRow, s.dilationRows, s.divisorRows);
    ResidueAxis columns(
        index % across, s.targetColumns, s.kernelColumns, s.firstColumn, s.dilationColumns, s.divisorColumns);
    sliding.targetRows = rows.targets;
    sliding.targetColumns = columns.targets;
    sliding.kernelRows = rows.count;
    sliding.kernelColumns = columns.count;
    sliding.firstRow = rows.first;
    sliding.firstColumn = columns.first;
    sliding.dilationRows = rows.dilation;
    sliding.dilationColumns = columns.dilation;
    sliding.divisorRows = sliding.divisorColumns = 1;
    firstTap = rows.tap * s.kernelColumns + columns.tap;
    stepDown = rows.step * s.kernelColumns;
    stepAcross = columns.step;
    beginRow = rows.begin;
    beginColumn = columns.begin;
  }

  // Tap `index` of the smaller kernel among all.
  DEVICE int tap(int index) const {
    int down = index / sliding.kernelColumns;
    return firstTap + down * stepDown + (index - down * sliding.kernelColumns) * stepAcross;
  }

  // Pixel `index` of the smaller image among all of `s`.
  DEVICE int place(const Sliding& s, int index) const {
    Pixel pixel = targetPixel(sliding, index);
    int row = pixel.sample * s.targetRows + beginRow + pixel.row * s.divisorRows;
    return row * s.targetColumns + beginColumn + pixel.column * s.divisorColumns;
  }
};

constexpr int RELU = 1;
constexpr int RELU6 = 2;

// Comparisons let a NaN through.
DEVICE float activate(float x, int activation) {
  float y = activation != 0 && x <= 0 ? 0.0f : x;
  return activation == RELU6 && y >= 6 ? 6.0f : y;
}
