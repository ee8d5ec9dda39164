package io.auxgrad.mtl.predict;

import java.util.HexFormat;

/**
 * Letters of 5x7 pixels for ASCII; other characters become question marks. Drawn by ourselves
 * because Java's fonts need libraries that servers often lack.
 */
final class BitmapFont {
  /** Height of a line, with the space below. */
  static final int LINE = 10;

  private static final int COLUMNS = 5;
  private static final int ADVANCE = 6;
  private static final int FIRST = ' ';
  // Five columns for each character from the blank to the tilde; the lowest bit is the top row.
  private static final byte[] GLYPHS =
      HexFormat.of()
          .parseHex(
              "000000000000005f00000007000700147f147f14242a7f2a122313086462"
                  + "36495620500008070300001c2241000041221c002a1c7f1c2a08083e0808"
                  + "00807030000808080808000060600020100804023e5149453e00427f4000"
                  + "72494949462141494d331814127f1027454545393c4a4949314121110907"
                  + "3649494936464949291e0000140000004034000000081422411414141414"
                  + "004122140802015909063e415d594e7c1211127c7f494949363e41414122"
                  + "7f4141413e7f494949417f090909013e414151737f0808087f00417f4100"
                  + "2040413f017f081422417f404040407f021c027f7f0408107f3e4141413e"
                  + "7f090909063e4151215e7f09192946264949493203017f01033f4040403f"
                  + "1f2040201f3f4038403f631408146303047804036159494d43007f414141"
                  + "0204081020004141417f0402010204404040404000030708002054547840"
                  + "7f284444383844444428384444287f385454541800087e090218a4a49c78"
                  + "7f0804047800447d40002040403d007f1028440000417f40007c04780478"
                  + "7c080404783844444438fc1824241818242418fc7c080404084854545424"
                  + "04043f44243c4040207c1c2040201c3c4030403c44281028444c9090907c"
                  + "4464544c440008364100000077000000413608000201020402");

  private BitmapFont() {}

  /** Width of {@code text} in pixels. */
  static int width(String text, int scale) {
    return scale * ADVANCE * text.length();
  }

  static void draw(Picture picture, String text, int left, int top, int scale, int colour) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int glyph = c < FIRST || c - FIRST >= GLYPHS.length / COLUMNS ? '?' : c;
      for (int x = 0; x < COLUMNS; x++) {
        int column = GLYPHS[(glyph - FIRST) * COLUMNS + x];
        for (int y = 0; y < 8; y++) {
          if ((column >> y & 1) == 1) {
            picture.fill(left + scale * (ADVANCE * i + x), top + scale * y, scale, scale, colour);
          }
        }
      }
    }
  }
}
