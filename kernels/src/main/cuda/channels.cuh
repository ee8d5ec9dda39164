// What kernels over images [N,H,W,C] share: a thread has a pack of a pixel's channels, neighbouring threads have
// neighbouring packs. Where C is no whole number of packs, a pack is one element, and the accesses of a warp still lie
// side by side.
#pragma once

#include "common.cuh"

// ---- A thread for each pack of an image: a block has a stretch of one row, so that what depends on the row alone is
// the same in all of it, and a 32-bit division finds the pixel.

struct Place {
  int64 image;
  int row;
  int column;
  int channel;
  bool inside;
};

// Of a grid (N H) x (stretches of a row) over [N, height, width, channels].
template <int N>
DEVICE Place place(int height, int width, int channels) {
  int packs = channels / N;
  int at = blockIdx.y * blockDim.x + threadIdx.x;
  int column = at / packs;
  int image = blockIdx.x / height;
  return Place{image, static_cast<int>(blockIdx.x) - image * height, column, (at - column * packs) * N, column < width};
}

// Element [image, row, column, channel] of [N, height, width, channels].
DEVICE int64 offset(int64 image, int row, int column, int channel, int height, int width, int channels) {
  return ((image * height + row) * width + column) * channels + channel;
}

// ---- A block for a few packs of one pixel, where many values go into each: TEAMS teams of LANES threads, a lane for
// each pack, share the values and then fold what they have by halves.

constexpr int LANES = 8;
constexpr int TEAMS = 32;

DEVICE int lane() { return threadIdx.x % LANES; }

DEVICE int team() { return threadIdx.x / LANES; }

// The sums over all teams, in team 0; all threads of the block must call it.
template <int N>
DEVICE void sumOverTeams(float (&sum)[N]) {
  __shared__ float sums[LANES * TEAMS][N + 1];  // a column more: no two lanes of a warp meet in a bank
  for (int e = 0; e < N; e++) {
    sums[threadIdx.x][e] = sum[e];
  }
  for (int half = TEAMS / 2; half > 0; half /= 2) {
    __syncthreads();
    if (team() < half) {
      for (int e = 0; e < N; e++) {
        sum[e] += sums[threadIdx.x + half * LANES][e];
        sums[threadIdx.x][e] = sum[e];
      }
    }
  }
}

// ---- Packs of float32 sums and of stored elements.

template <class T, int N>
DEVICE void widen(const Pack<T, N>& pack, float (&to)[N]) {
  for (int e = 0; e < N; e++) {
    to[e] = widen(pack.at[e]);
  }
}

template <class T, int N>
DEVICE void storeNarrow(T* to, const float (&values)[N]) {
  Pack<T, N> out;
  for (int e = 0; e < N; e++) {
    out.at[e] = narrow<T>(values[e]);
  }
  store(to, out);
}

// sum += weight * from[0..N)
template <class T, int N>
DEVICE void addScaled(float (&sum)[N], float weight, const T* from) {
  Pack<T, N> in = load<T, N>(from);
  for (int e = 0; e < N; e++) {
    sum[e] = fmaf(weight, widen(in.at[e]), sum[e]);
  }
}
