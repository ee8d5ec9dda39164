package io.auxgrad.kernels.cuda.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of kernels and the headers that it includes.
 *
 * @param name of the file, which is what compile errors call it
 * @param text of the file
 * @param headers the text of each header by the name that the {@code #include} has
 */
public record KernelSource(String name, String text, SortedMap<String, String> headers) {
  private static final String FOLDER = "/io/auxgrad/kernels/cuda/";
  private static final Pattern INCLUDE =
      Pattern.compile("^\\s*#\\s*include\\s+\"([^\"]+)\"", Pattern.MULTILINE);

  /** Of text in memory. */
  public KernelSource(String name, String text, Map<String, String> headers) {
    this(name, text, new TreeMap<>(headers));
  }

  /** One of our own files, for example {@code pointwise.cu}. */
  public static KernelSource ofResource(String name) {
    SortedMap<String, String> headers = new TreeMap<>();
    String text = read(name);
    addIncluded(text, headers);
    return new KernelSource(name, text, headers);
  }

  private static void addIncluded(String text, SortedMap<String, String> headers) {
    Matcher include = INCLUDE.matcher(text);
    List<String> names = include.results().map(r -> r.group(1)).toList();
    for (String name : names) {
      if (!headers.containsKey(name)) {
        String header = read(name);
        headers.put(name, header);
        addIncluded(header, headers);
      }
    }
  }

  private static String read(String name) {
    try (InputStream in = KernelSource.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no kernel file " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the kernel file " + name, e);
    }
  }
}
