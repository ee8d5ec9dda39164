package io.auxgrad.mtl.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.auxgrad.mtl.data.ImageSize;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Configurations to and from YAML: lower-case enums, underscores in keys, {@code HEIGHTxWIDTH}. */
public final class ConfigYaml {
  static final ObjectMapper MAPPER =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .addModule(
              new SimpleModule()
                  .addDeserializer(ImageSize.class, new ImageSizeReader())
                  .addSerializer(ImageSize.class, ToStringSerializer.instance)
                  .addSerializer(Enum.class, new LowerCase()))
          .build();

  private ConfigYaml() {}

  /** The whole configuration, every key. */
  public static String write(Config config) {
    try {
      return MAPPER.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("configuration cannot be written as YAML", e);
    }
  }

  /** Every dotted key with its value as text, sorted. */
  public static Map<String, String> flat(Config config) {
    Map<String, String> flat = new TreeMap<>();
    YamlTree.parse("configuration", write(config))
        .values()
        .forEach((k, v) -> flat.put(k, v.asText()));
    return flat;
  }

  static Config read(JsonNode root) {
    try {
      return MAPPER.treeToValue(root, Config.class);
    } catch (JsonMappingException e) {
      throw explained(e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("configuration cannot be read", e);
    }
  }

  private static ConfigException explained(JsonMappingException e) {
    if (e.getCause() instanceof ConfigException own) {
      return own;
    }
    if (e instanceof InvalidFormatException format) {
      return new ConfigException(path(e), "is '" + format.getValue() + "'; " + choices(format));
    }
    return new ConfigException(path(e), "does not fit: " + e.getOriginalMessage());
  }

  private static String choices(InvalidFormatException e) {
    Object[] constants = e.getTargetType().getEnumConstants();
    if (constants == null) {
      return "it wants a value of type " + e.getTargetType().getSimpleName();
    }
    return "choose from "
        + Arrays.stream(constants).map(LowerCase::name).collect(Collectors.joining(", "));
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(JsonMappingException.Reference::getFieldName)
        .collect(Collectors.joining("."));
  }

  @SuppressWarnings("rawtypes") // Enum as Jackson registers it
  private static final class LowerCase extends JsonSerializer<Enum> {
    @Override
    public void serialize(Enum value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(name(value));
    }

    static String name(Object value) {
      return value.toString().toLowerCase(Locale.ROOT);
    }
  }

  private static final class ImageSizeReader extends FromStringDeserializer<ImageSize> {
    private static final long serialVersionUID = 1L;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    ImageSizeReader() {
      super(ImageSize.class);
    }

    @Override
    protected ImageSize _deserialize(String text, DeserializationContext context) {
      Matcher match = TEXT.matcher(text);
      if (!match.matches()) {
        throw new ConfigException(
            "data.size", "is '" + text + "'; write HEIGHTxWIDTH, for example 120x160");
      }
      int height = Integer.parseInt(match.group(1));
      int width = Integer.parseInt(match.group(2));
      Require.between("data.size", height, 32, 4096);
      Require.between("data.size", width, 32, 4096);
      return new ImageSize(height, width);
    }
  }
}
