package io.auxgrad.mtl.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.auxgrad.mtl.UserException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a {@link Config} together: the defaults, then a preset, then a file, then single values,
 * each overriding the one before. A key that the defaults do not have is an error that suggests the
 * nearest.
 */
public final class ConfigBuilder {
  private static final String PRESET = "preset";

  private final Map<String, JsonNode> values =
      YamlTree.parse("defaults", Presets.defaults()).values();
  private final Map<String, JsonNode> types = Map.copyOf(values);
  private final Map<String, String> places = new HashMap<>();

  /** Takes over the values of a preset. */
  public ConfigBuilder preset(String name) {
    return apply(YamlTree.parse("preset " + name, Presets.text(name)));
  }

  /** Takes over the values of a YAML file; its key {@code preset}, if any, is applied before. */
  public ConfigBuilder file(Path file) {
    YamlTree tree = YamlTree.parse(file.toString(), read(file));
    JsonNode preset = tree.values().remove(PRESET);
    if (preset != null) {
      preset(preset.asText());
    }
    return apply(tree);
  }

  /** Takes over all values of another configuration. */
  public ConfigBuilder config(Config config) {
    return apply(YamlTree.parse("configuration", ConfigYaml.write(config)));
  }

  /** Takes over one {@code key=value}, the value in YAML. */
  public ConfigBuilder set(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new UserException("--set " + assignment + " is not key=value, such as train.epochs=5");
    }
    String key = assignment.substring(0, equals).strip();
    put(key, YamlTree.value(key, assignment.substring(equals + 1).strip()), "--set");
    return this;
  }

  /** Takes over one value. */
  public ConfigBuilder set(String key, Object value, String place) {
    put(key, ConfigYaml.MAPPER.valueToTree(value), place);
    return this;
  }

  /** The configuration, checked. */
  public Config build() {
    ObjectNode root = ConfigYaml.MAPPER.createObjectNode();
    values.forEach((key, value) -> place(root, key, value));
    try {
      return ConfigYaml.read(root);
    } catch (ConfigException e) {
      throw e.at(places.get(e.key()));
    }
  }

  private ConfigBuilder apply(YamlTree tree) {
    tree.values().forEach((key, value) -> put(key, value, tree.places().get(key)));
    return this;
  }

  private void put(String key, JsonNode value, String place) {
    JsonNode type = types.get(key);
    if (type == null) {
      throw new ConfigException(key, unknown(key)).at(place);
    }
    values.put(key, coerce(key, value, type, place));
    places.put(key, place);
  }

  private String unknown(String key) {
    List<String> inside =
        types.keySet().stream().filter(k -> k.startsWith(key + ".")).sorted().toList();
    if (!inside.isEmpty()) {
      return "is a section; set a key inside it: " + String.join(", ", inside);
    }
    return "is not a known key"
        + Nearest.of(key, types.keySet()).map(name -> "; did you mean " + name + "?").orElse("");
  }

  private static JsonNode coerce(String key, JsonNode value, JsonNode type, String place) {
    if (type.isFloatingPointNumber() && value.isNumber()) {
      return DoubleNode.valueOf(value.doubleValue());
    }
    if (type.isIntegralNumber() && value.isIntegralNumber() && value.canConvertToLong()) {
      return value;
    }
    if (type.isBoolean() && value.isBoolean()) {
      return BooleanNode.valueOf(value.booleanValue());
    }
    if (type.isTextual() && value.isValueNode() && !value.isNull()) {
      return TextNode.valueOf(value.asText());
    }
    if (type.isArray() && value.isArray()) {
      return value;
    }
    if (type.isNull() && (value.isNull() || value.isTextual())) {
      return value;
    }
    throw new ConfigException(key, "is " + value + "; it wants " + wanted(type)).at(place);
  }

  private static String wanted(JsonNode type) {
    return switch (type.getNodeType()) {
      case BOOLEAN -> "true or false";
      case NUMBER -> type.isIntegralNumber() ? "a whole number" : "a number";
      case ARRAY -> "a list, such as [a, b]";
      default -> "one word or text";
    };
  }

  private static void place(ObjectNode root, String key, JsonNode value) {
    ObjectNode section = root;
    String[] parts = key.split("\\.", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      section = section.withObjectProperty(parts[i]);
    }
    section.set(parts[parts.length - 1], value);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UserException("configuration file " + file + " does not exist", e);
    } catch (MalformedInputException e) {
      throw new UserException("configuration file " + file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new UserException(
          "configuration file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
