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

constexpr int RELU = 1;
constexpr int RELU6 = 2;

// Comparisons let a NaN through.
DEVICE float activate(float x, int activation) {
  float y = activation != 0 && x <= 0 ? 0.0f : x;
  return activation == RELU6 && y >= 6 ? 6.0f : y;
}
