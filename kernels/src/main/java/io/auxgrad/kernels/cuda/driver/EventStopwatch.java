package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.ops.Stopwatch;
import java.util.ArrayList;
import java.util.List;

/** By events in a stream, which are kept and used again. */
final class EventStopwatch implements Stopwatch {
  private final Stream stream;
  // Start and end of each stretch in turn.
  private final List<Event> events = new ArrayList<>();
  private int recorded;

  EventStopwatch(Stream stream) {
    this.stream = stream;
  }

  @Override
  public void start() {
    record();
  }

  @Override
  public void stop() {
    record();
  }

  private void record() {
    if (recorded == events.size()) {
      events.add(Event.withTime(stream.context()));
    }
    events.get(recorded++).record(stream);
  }

  @Override
  public double[] seconds() {
    double[] seconds = new double[recorded / 2];
    if (recorded > 0) {
      events.get(recorded - 1).synchronize();
    }
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = events.get(2 * i + 1).secondsSince(events.get(2 * i));
    }
    recorded = 0;
    return seconds;
  }

  @Override
  public void close() {
    events.forEach(Event::close);
  }
}
