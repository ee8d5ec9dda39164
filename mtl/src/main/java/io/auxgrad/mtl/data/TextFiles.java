package io.auxgrad.mtl.data;

import io.auxgrad.mtl.UserException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads the small text files of a data folder. */
final class TextFiles {
  private TextFiles() {}

  /** The lines that are not blank, stripped. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (NoSuchFileException e) {
      throw new UserException(file + " does not exist: a data folder needs it", e);
    } catch (CharacterCodingException e) {
      throw new UserException(file + " is no UTF-8 text file", e);
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
