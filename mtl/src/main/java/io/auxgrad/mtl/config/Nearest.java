package io.auxgrad.mtl.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that a mistyped one was probably meant to be. */
public final class Nearest {
  private Nearest() {}

  /**
   * The name of {@code known} closest to {@code typed}, if it is close enough to be worth
   * suggesting. A dotted key is also compared by its last part, so that {@code epochs} finds {@code
   * train.epochs}.
   */
  public static Optional<String> of(String typed, Collection<String> known) {
    return known.stream()
        .min(
            Comparator.comparingInt((String name) -> distance(typed, name))
                .thenComparing(name -> name))
        .filter(name -> distance(typed, name) <= Math.max(2, typed.length() / 3));
  }

  private static int distance(String typed, String name) {
    int whole = edits(typed, name);
    int lastPart = edits(last(typed), last(name)) + (prefix(typed).equals(prefix(name)) ? 0 : 1);
    return Math.min(whole, lastPart);
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  private static String prefix(String key) {
    return key.substring(0, Math.max(0, key.lastIndexOf('.')));
  }

  /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
  private static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int best = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
