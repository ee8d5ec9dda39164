package io.auxgrad.kernels.cuda.vendor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Texts as one: before each is its length. */
final class Texts {
  private Texts() {}

  static byte[] join(List<byte[]> texts) {
    int size = texts.stream().mapToInt(t -> Integer.BYTES + t.length).sum();
    ByteBuffer all = ByteBuffer.allocate(size);
    texts.forEach(t -> all.putInt(t.length).put(t));
    return all.array();
  }

  static List<byte[]> split(byte[] joined) {
    List<byte[]> texts = new ArrayList<>();
    ByteBuffer rest = ByteBuffer.wrap(joined);
    while (rest.hasRemaining()) {
      byte[] text = new byte[rest.getInt()];
      rest.get(text);
      texts.add(text);
    }
    return texts;
  }
}
