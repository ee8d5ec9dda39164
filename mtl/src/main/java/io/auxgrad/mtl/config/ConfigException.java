package io.auxgrad.mtl.config;

import io.auxgrad.mtl.UserException;

/**
 * A configuration key or value that does not fit; the message says which, where, and what would.
 */
public class ConfigException extends UserException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /** For {@code key}, dotted, with what is wrong and what is right. */
  public ConfigException(String key, String problem) {
    super(key + " " + problem);
    this.key = key;
  }

  private ConfigException(String key, String message, ConfigException cause) {
    super(message, cause);
    this.key = key;
  }

  /** The dotted key. */
  public String key() {
    return key;
  }

  /** The same with where the value was given, such as {@code my.yaml:12}. */
  public ConfigException at(String place) {
    return place == null ? this : new ConfigException(key, place + ": " + getMessage(), this);
  }
}
