package io.auxgrad.mtl.run;

import io.auxgrad.mtl.UserException;
import io.auxgrad.nn.state.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Text files that are there whole or not at all, with failures told to the user. */
public final class TextFile {
  private TextFile() {}

  /** Makes {@code file}, or replaces it, with {@code text} in UTF-8. */
  public static void write(Path file, String text) {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try {
      AtomicFile.write(
          file,
          channel -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
    } catch (IOException e) {
      throw new UserException(
          file + " cannot be written: " + reason(e) + "; what was there before is unchanged", e);
    }
  }

  static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.toString();
  }
}
