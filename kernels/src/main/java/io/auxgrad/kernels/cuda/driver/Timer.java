package io.auxgrad.kernels.cuda.driver;

/** Measures by the clock of the GPU, not the host's. */
public final class Timer implements AutoCloseable {
  private final Stream stream;
  private final Resources open = new Resources();
  private final Event start;
  private final Event end;

  Timer(Stream stream) {
    this.stream = stream;
    try {
      start = open.add(Event.withTime(stream.context()));
      end = open.add(Event.withTime(stream.context()));
    } catch (RuntimeException e) {
      open.closeAfter(e);
      throw e;
    }
  }

  /** Seconds that the GPU takes for what {@code work} asks of it; returns when it is done. */
  public double seconds(Runnable work) {
    start.record(stream);
    work.run();
    end.record(stream);
    end.synchronize();
    return end.secondsSince(start);
  }

  @Override
  public void close() {
    open.close();
  }
}
