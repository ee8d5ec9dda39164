package io.auxgrad.kernels.cuda.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A file of kernels and the headers that it includes.
 *
 * @param name of the file, which is what compile errors call it
 * @param text of the file
 * @param headers the text of each header by the name that the {@code #include} has
 */
public record KernelSource(String name, String text, Map<String, String> headers) {
  private static final String FOLDER = "/io/auxgrad/kernels/cuda/";
  private static final Pattern INCLUDE =
      Pattern.compile("^\\s*#\\s*include\\s+\"([^\"]+)\"", Pattern.MULTILINE);

  /** Keeps a copy of {@code headers}, in the order of their names. */
  public KernelSource {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  /** One of our own files, for example {@code pointwise.cu}. */
  public static KernelSource ofResource(String name) {
    Map<String, String> headers = new HashMap<>();
    String text = read(name);
    addIncluded(text, headers);
    return new KernelSource(name, text, headers);
  }

  private static void addIncluded(String text, Map<String, String> headers) {
    for (String name : INCLUDE.matcher(text).results().map(r -> r.group(1)).toList()) {
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
