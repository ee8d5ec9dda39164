package io.auxgrad.mtl.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.auxgrad.mtl.UserException;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A YAML document flattened to dotted keys, each with its value and the line it stands on.
 *
 * @param values scalars and lists by dotted key, in the order of the document
 * @param places where each key stands, {@code name:line}
 */
record YamlTree(Map<String, JsonNode> values, Map<String, String> places) {
  private static final YAMLMapper YAML = new YAMLMapper();

  /** Reads {@code text}; {@code name} is for messages. */
  static YamlTree parse(String name, String text) {
    YamlTree tree = new YamlTree(new LinkedHashMap<>(), new HashMap<>());
    try (JsonParser parser = YAML.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        tree.section(name, "", parser);
      } else if (first != null && first != JsonToken.VALUE_NULL) {
        throw new UserException(name + " is not a list of 'key: value' lines");
      }
    } catch (JsonProcessingException e) {
      JsonLocation where = e.getLocation();
      throw new UserException(
          name + (where == null ? "" : ":" + where.getLineNr()) + ": " + firstLine(e), e);
    } catch (IOException e) {
      throw new UserException(name + " cannot be read: " + e.getMessage(), e);
    }
    return tree;
  }

  /** One scalar or list in YAML, as in {@code --set key=value}. */
  static JsonNode value(String key, String text) {
    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ConfigException(key, "has a value that is not YAML: " + text);
    }
  }

  private void section(String name, String prefix, JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = prefix + parser.currentName();
      String place = name + ":" + parser.currentTokenLocation().getLineNr();
      if (places.put(key, place) != null) {
        throw new ConfigException(key, "is given twice").at(place);
      }
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        section(name, key + ".", parser);
      } else {
        values.put(key, YAML.readTree(parser));
      }
    }
  }

  private static String firstLine(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("not YAML");
  }
}
