package io.auxgrad.nn.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON of a safetensors header strictly: only what the format allows, each key once,
 * every number in range.
 */
final class HeaderParser {
  private static final int DEPTH = 3;
  private static final int MAX_RANK = 64;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Tables of names seen before are of no use here, and made names would fill them.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH)
                  .maxStringLength(Header.MAX_BYTES)
                  .maxNameLength(Header.MAX_BYTES)
                  .maxNumberLength(20)
                  .build())
          .build();

  private final JsonParser json;

  private HeaderParser(JsonParser json) {
    this.json = json;
  }

  static Header parse(String text) throws StateException {
    try (JsonParser json = JSON.createParser(text)) {
      return new HeaderParser(json).header();
    } catch (JsonProcessingException e) {
      throw new StateException(
          "its header is not the JSON of a safetensors file: " + e.getOriginalMessage(), e);
    } catch (StateException e) {
      throw e;
    } catch (IOException e) {
      throw new StateException("its header cannot be read", e);
    }
  }

  private Header header() throws IOException {
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      if (name.equals(Header.METADATA)) {
        readMetadata(metadata);
      } else {
        entries.put(name, entry(name));
      }
    }
    if (json.nextToken() != null) {
      throw new StateException("its header goes on behind the end of the JSON");
    }
    return new Header(entries, metadata);
  }

  private void readMetadata(Map<String, String> into) throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, Header.METADATA);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      expect(
          json.nextToken(), JsonToken.VALUE_STRING, Header.quoted(key) + " of " + Header.METADATA);
      into.put(key, json.getText());
    }
  }

  private TensorEntry entry(String name) throws IOException {
    String what = Header.quoted(name);
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    expect(json.nextToken(), JsonToken.START_OBJECT, what);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(value, JsonToken.VALUE_STRING, "dtype of " + what);
          dtype = json.getText();
        }
        case "shape" -> shape = numbers("shape of " + what);
        case "data_offsets" -> offsets = numbers("data_offsets of " + what);
        default -> throw new StateException(what + " has the unknown key " + Header.quoted(key));
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new StateException(what + " needs dtype, shape and two data_offsets");
    }
    return checked(what, dtype, shape, offsets.get(0), offsets.get(1));
  }

  private List<Long> numbers(String what) throws IOException {
    expect(json.currentToken(), JsonToken.START_ARRAY, what);
    List<Long> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
      long value = json.getLongValue();
      if (value < 0) {
        throw new StateException(what + " has the negative number " + value);
      }
      if (values.size() == MAX_RANK) {
        throw new StateException(what + " has more than " + MAX_RANK + " numbers");
      }
      values.add(value);
    }
    return values;
  }

  private static TensorEntry checked(
      String what, String dtype, List<Long> shape, long begin, long end) throws StateException {
    Integer bytes = Header.BYTES.get(dtype);
    if (bytes == null) {
      throw new StateException(what + " has the unknown dtype " + Header.quoted(dtype));
    }
    try {
      Shape extents = Shape.of(shape.stream().mapToInt(Math::toIntExact).toArray());
      if (Math.multiplyExact(extents.size(), bytes.longValue()) != end - begin) {
        throw new StateException(
            "%s is %s %s, which is not the %d bytes of its data_offsets"
                .formatted(what, dtype, extents, end - begin));
      }
      return new TensorEntry(dtype, extents, begin, end);
    } catch (ArithmeticException | TensorException e) {
      throw new StateException(what + " has the shape " + shape + ", which is too large", e);
    }
  }

  private static void expect(JsonToken token, JsonToken expected, String what)
      throws StateException {
    if (token != expected) {
      throw new StateException(what + " must be " + expected + " in the JSON, found " + token);
    }
  }
}
