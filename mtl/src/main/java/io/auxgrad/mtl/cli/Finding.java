package io.auxgrad.mtl.cli;

/**
 * What the doctor found out about one thing.
 *
 * @param what the thing
 * @param level how bad
 * @param text the state, and the remedy if there is something to mend
 */
record Finding(String what, Level level, String text) {
  /** How bad it is. */
  enum Level {
    /** As it should be. */
    GOOD("ok"),
    /** Works, but could be better. */
    SLOW("slow"),
    /** Should work and does not. */
    BROKEN("BROKEN");

    private final String mark;

    Level(String mark) {
      this.mark = mark;
    }

    String mark() {
      return mark;
    }
  }

  static Finding good(String what, String text) {
    return new Finding(what, Level.GOOD, text);
  }

  static Finding slow(String what, String text) {
    return new Finding(what, Level.SLOW, text);
  }

  static Finding broken(String what, String text) {
    return new Finding(what, Level.BROKEN, text);
  }
}
