package io.auxgrad.mtl.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that was run in this process.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Called(int code, String out, String err) {
  // Strict: anything after the object is an error too.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  static Called with(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            args);
    return new Called(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static String[] concat(String first, String[] more, String... last) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    all.addAll(List.of(last));
    return all.toArray(String[]::new);
  }

  /** Standard output, which must be exactly one JSON object. */
  JsonNode json() {
    try {
      JsonNode node = JSON.readTree(out);
      if (!node.isObject()) {
        throw new AssertionError("not an object: " + out);
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + out + "\n" + err, e);
    }
  }
}
