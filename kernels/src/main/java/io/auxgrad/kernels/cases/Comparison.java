package io.auxgrad.kernels.cases;

/** Finds the worst element of those that it is shown. */
final class Comparison {
  private Verdict worst = new Verdict(0, 0, "");
  private double share = -1;

  Verdict verdict() {
    return worst;
  }

  /** Whether elements can be compared: shape and dtype are those of the reference. */
  boolean sameKind(String what, Array64 want, Array64 got) {
    if (want.shape().equals(got.shape()) && want.dtype() == got.dtype()) {
      return true;
    }
    if (isWorse(Double.POSITIVE_INFINITY, 0)) {
      String problem =
          "%s is %s %s, want %s %s"
              .formatted(what, got.dtype(), got.shape(), want.dtype(), want.shape());
      worst = new Verdict(Double.POSITIVE_INFINITY, 0, problem);
    }
    return false;
  }

  void see(String what, int at, double want, double got, double allowed) {
    double difference = got == want ? 0 : Math.abs(got - want);
    double error = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    // Near an infinite number is none: only itself agrees.
    double bound = Double.isFinite(want) ? allowed : 0;
    if (isWorse(error, bound)) {
      String problem =
          error <= bound
              ? ""
              : "%s [%d] is %.9g, want %.9g, allowed error %.3g"
                  .formatted(what, at, got, want, bound);
      worst = new Verdict(error, bound, problem);
    }
  }

  private boolean isWorse(double error, double allowed) {
    double part = error == 0 ? 0 : error / allowed;
    boolean worse = part > share;
    share = Math.max(part, share);
    return worse;
  }
}
