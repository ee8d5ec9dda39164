package io.auxgrad.tensor.ops;

/**
 * What was found out about one thing that computing needs.
 *
 * @param what the thing, in one word
 * @param level how bad
 * @param text the state, and the remedy if there is something to mend
 */
public record Finding(String what, Level level, String text) {
  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    GOOD("ok"),
    /** Works, but could be better. */
    SLOW("slow"),
    /** Not there, and not asked for. */
    ABSENT("none"),
    /** Should work and does not. */
    BROKEN("BROKEN");

    private final String mark;

    Level(String mark) {
      this.mark = mark;
    }

    /** A word for people. */
    public String mark() {
      return mark;
    }
  }

  /** As it should be. */
  public static Finding good(String what, String text) {
    return new Finding(what, Level.GOOD, text);
  }

  /** Works, but could be better. */
  public static Finding slow(String what, String text) {
    return new Finding(what, Level.SLOW, text);
  }

  /** Not there, and not asked for. */
  public static Finding absent(String what, String text) {
    return new Finding(what, Level.ABSENT, text);
  }

  /** Should work and does not. */
  public static Finding broken(String what, String text) {
    return new Finding(what, Level.BROKEN, text);
  }
}
