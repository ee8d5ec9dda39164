package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.tensor.DType;

/**
 * A kernel over the channels of pixels, as {@code channels.cuh} says: {@code name_f32} moves a pack
 * of them at a time, {@code name_single_f32} one where they are no whole number of packs.
 */
record ChannelKernels(KernelFile.Typed packs, KernelFile.Typed singles) {
  private static final int PACK_BYTES = 16;

  static ChannelKernels of(KernelFile file, String name) {
    return new ChannelKernels(file.typed(name), file.typed(name + "_single"));
  }

  /** Channels that a thread moves at a time. */
  static int width(DType type, int channels) {
    int pack = PACK_BYTES / type.bytes();
    return channels % pack == 0 ? pack : 1;
  }

  /** Ready to be given its arguments. */
  Kernel begin(DType type, int channels) {
    return (width(type, channels) == 1 ? singles : packs).begin(type);
  }
}
