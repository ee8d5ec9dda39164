package io.auxgrad.bench.profile;

import io.auxgrad.bench.profile.Totals.Total;
import io.auxgrad.bench.report.Figures;
import io.auxgrad.bench.report.MarkdownTable;
import io.auxgrad.tensor.DType;
import java.util.List;
import java.util.Map;

/**
 * A profile for people: the roofline, the ops, the convolutions, the sums.
 *
 * @param profile which one
 */
public record ProfileText(StepProfile profile) {
  private static final double SMALL = 0.005;

  @Override
  public String toString() {
    return String.join("\n\n", roofline(), ops().toString(), layers().toString(), sums());
  }

  private String roofline() {
    StringBuilder text = new StringBuilder("roofline: ");
    Map<DType, Double> gigaflops = profile.roofline().gigaflops();
    gigaflops.forEach((type, rate) ->
        text.append(Figures.threeDigits(rate))
            .append(" GFLOP/s on ")
            .append(type == DType.FLOAT32 ? float32() : type.safetensorsName())
            .append(", "));
    text.append("copying ");
    profile
        .roofline()
        .bandwidth()
        .forEach((size, bytes) ->
            text.append(Figures.threeDigits(bytes))
                .append(" GB/s at ")
                .append(Figures.threeDigits(size / 0x1p20))
                .append(" MiB, "));
    return text.substring(0, text.length() - 2);
  }

  /** As it was multiplied. */
  private String float32() {
    return switch (profile.roofline().math()) {
      case FP32 -> DType.FLOAT32.safetensorsName();
      case TF32 -> "TF32";
    };
  }

  private MarkdownTable ops() {
    MarkdownTable table =
        new MarkdownTable("op", "calls", "ms", "share", "GFLOP/s", "GB/s", "of roofline");
    for (Total t : profile.ops()) {
      table.row(
          t.op(),
          calls(t),
          milliseconds(t),
          share(t),
          gigaflops(t),
          Figures.threeDigits(t.bytes() / t.seconds() * 1e-9),
          percent(t.ofRoofline()));
    }
    table.row(
        "outside of kernels",
        "",
        Figures.threeDigits(profile.outsideOps() * profile.step()),
        percent(profile.outsideOps()),
        "",
        "",
        "");
    return table;
  }

  /** By layer, those that matter. */
  private MarkdownTable layers() {
    MarkdownTable table =
        new MarkdownTable(
            "convolution, input > output",
            "calls",
            "ms",
            "share",
            "GFLOP/s",
            "of arithmetic",
            "of roofline");
    List<Total> shown = profile.layers().stream().filter(t -> shareOf(t) >= SMALL).toList();
    for (Total t : shown) {
      table.row(
          t.op(),
          calls(t),
          milliseconds(t),
          share(t),
          gigaflops(t),
          percent(t.ofArithmetic()),
          percent(t.ofRoofline()));
    }
    List<Total> rest = profile.layers().subList(shown.size(), profile.layers().size());
    if (!rest.isEmpty()) {
      double seconds = rest.stream().mapToDouble(Total::seconds).sum();
      table.row(
          rest.size() + " more below 0.5 % each",
          Long.toString(rest.stream().mapToLong(Total::calls).sum() / profile.steps()),
          Figures.threeDigits(profile.perStep(seconds)),
          percent(profile.perStep(seconds) / profile.step()),
          "",
          "",
          "");
    }
    return table;
  }

  private String sums() {
    return """
    step: %s ms (%s to %s), under the profiler %s ms; %d ops; %d bytes of Java heap per op
    inside of kernels: %s ms, %s of the step
    floor: %s ms, each op at its roofline, %s of the step\
    """
        .formatted(
            Figures.threeDigits(profile.plain().median()),
            Figures.threeDigits(profile.plain().low()),
            Figures.threeDigits(profile.plain().high()),
            Figures.threeDigits(profile.profiled()),
            profile.opsPerStep(),
            profile.bytes() / Math.max(1, profile.opsPerStep()),
            Figures.threeDigits(profile.insideOps()),
            percent(profile.insideOps() / profile.step()),
            Figures.threeDigits(profile.floor()),
            percent(profile.floor() / profile.step()));
  }

  private String calls(Total t) {
    return Long.toString(t.calls() / profile.steps());
  }

  private String milliseconds(Total t) {
    return Figures.threeDigits(profile.perStep(t.seconds()));
  }

  private double shareOf(Total t) {
    return profile.perStep(t.seconds()) / profile.step();
  }

  private String share(Total t) {
    return percent(shareOf(t));
  }

  private static String gigaflops(Total t) {
    return t.flops() == 0 ? "-" : Figures.threeDigits(t.flops() / t.seconds() * 1e-9);
  }

  private static String percent(double share) {
    return "%.1f %%".formatted(100 * share);
  }
}
