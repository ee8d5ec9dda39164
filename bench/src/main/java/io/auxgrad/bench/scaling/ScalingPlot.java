package io.auxgrad.bench.scaling;

import io.auxgrad.mtl.UserException;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The four axes side by side as a picture. */
public final class ScalingPlot {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 360;
  private static final Color POINTS = new Color(0x1f77b4);
  private static final Color LINES = new Color(0xff7f0e);

  private ScalingPlot() {}

  /** Writes {@code file}, a PNG. */
  public static void write(Scaling scaling, Path file) {
    List<XYChart> charts = Stream.of(Axis.values()).map(axis -> chart(scaling, axis)).toList();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      BitmapEncoder.saveBitmap(charts, 2, 2, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    } catch (IOException e) {
      throw new UserException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static XYChart chart(Scaling scaling, Axis axis) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(axis.label())
            .xAxisTitle(axis.title())
            .yAxisTitle("ms a training step")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
    chart.getStyler().setYAxisMin(0.0).setXAxisMin(0.0);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    List<Scaling.Measured> measured = scaling.along(axis);
    double[] x = measured.stream().mapToDouble(Scaling.Measured::x).toArray();
    double[] y = measured.stream().mapToDouble(m -> m.milliseconds().median()).toArray();
    chart
        .addSeries("measured", x, y)
        .setMarker(SeriesMarkers.CIRCLE)
        .setMarkerColor(POINTS)
        .setLineColor(axis == Axis.THREADS ? POINTS : new Color(0, true));
    if (axis != Axis.THREADS) {
      Line line = scaling.line(axis);
      double[] ends = {0, x[x.length - 1]};
      double[] times = DoubleStream.of(ends).map(at -> line.fixed() + line.slope() * at).toArray();
      chart.addSeries("line", ends, times).setMarker(SeriesMarkers.NONE).setLineColor(LINES);
    }
    return chart;
  }
}
