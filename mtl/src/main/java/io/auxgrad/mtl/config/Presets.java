package io.auxgrad.mtl.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The configurations that come with the library, as YAML resources. */
public final class Presets {
  /** Their names, the default one first. */
  public static final List<String> NAMES =
      List.of("rooms", "nyuv2", "tiny", "rooms-resnet18", "nyuv2-resnet50", "nyuv2-long");

  private Presets() {}

  /** What {@code preset} is for: the first line of its file. */
  public static String description(String preset) {
    return text(preset).lines().findFirst().orElseThrow().replaceFirst("^#\\s*", "");
  }

  /** The YAML of {@code preset}. */
  static String text(String preset) {
    if (!NAMES.contains(preset)) {
      throw new ConfigException(
          "preset",
          "'%s' is not known%s; there are: %s"
              .formatted(preset, didYouMean(preset), String.join(", ", NAMES)));
    }
    return resource(preset);
  }

  /** The YAML that holds every key. */
  static String defaults() {
    return resource("defaults");
  }

  private static String didYouMean(String preset) {
    return Nearest.of(preset, NAMES).map(name -> " (did you mean " + name + "?)").orElse("");
  }

  private static String resource(String name) {
    String path = "/io/auxgrad/mtl/presets/" + name + ".yaml";
    try (InputStream in = Presets.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("resource " + path + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + path + " cannot be read", e);
    }
  }
}
