package io.auxgrad.kernels.cpu;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;

/**
 * The threads of the CPU backend. The caller takes part in the work; how the work is divided
 * depends on the sizes and the number of threads only, never on timing.
 *
 * <p>Which threads do the parts may differ: new work is done by its caller while it {@linkplain
 * WarmUp warms up}.
 *
 * <p>Several callers take turns. A body that calls back into its workers runs that inner work
 * alone, on its own thread. What a body throws reaches the caller, after all workers have ended.
 */
public final class Workers implements AutoCloseable {
  /** One of a number of independent parts. */
  public interface Part {
    /** Does part {@code part}. */
    void run(int part);
  }

  /** A range of independent elements. */
  public interface RangeBody {
    /** Does elements {@code [lo, hi)}; {@code worker} in {@code [0, threads)} may name scratch. */
    void run(int worker, long lo, long hi);
  }

  /** A range of elements whose bounds do not depend on the number of threads. */
  public interface ChunkBody {
    /** Does chunk number {@code chunk}: elements {@code [lo, hi)}. */
    void run(int chunk, long lo, long hi);
  }

  private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

  private final ReentrantLock turn = new ReentrantLock();
  private final Fork fork;
  private final IntFunction<Team> teams;
  private volatile Team team;

  /** Workers on {@code threads} Java threads, at least 1. */
  public Workers(int threads) {
    this(threads, JavaTeam::new);
  }

  Workers(int threads, IntFunction<Team> teams) {
    this(threads, teams, Runtime.getRuntime().availableProcessors());
  }

  Workers(int threads, IntFunction<Team> teams, int processors) {
    this.teams = teams;
    fork = new Fork(new WarmUp(processors));
    team = teamOf(threads);
  }

  /** Number of threads, the caller included. */
  public int threads() {
    return team.size();
  }

  /** Changes the number of threads, at least 1; waits for work in progress. */
  public void setThreads(int threads) {
    Team fresh = teamOf(threads);
    turn.lock();
    try {
      team.close();
      team = fresh;
    } finally {
      turn.unlock();
    }
  }

  /** Runs parts {@code 0 .. parts-1}, neighbours on the same thread. */
  public void run(int parts, Part body) {
    range(
        parts,
        1,
        (worker, lo, hi) -> {
          for (long part = lo; part < hi; part++) {
            body.run((int) part);
          }
        },
        body.getClass());
  }

  /**
   * Divides {@code n} elements among the threads, in multiples of {@code grain}: give the number of
   * elements that is worth a thread's attention (tens of microseconds). Each worker gets at most
   * one range; small work stays on the calling thread.
   */
  public void range(long n, long grain, RangeBody body) {
    range(n, grain, body, body.getClass());
  }

  /** What {@code body} does is of the kind {@code kind}. */
  private void range(long n, long grain, RangeBody body, Class<?> kind) {
    long grains = Math.ceilDiv(n, grain);
    if (grains <= 1 || team.size() == 1 || INSIDE.get()) {
      if (n > 0) {
        body.run(0, 0, n);
      }
      return;
    }
    turn.lock();
    try {
      fork.run(team, n, grain, grains, body, kind);
    } finally {
      turn.unlock();
    }
  }

  /**
   * Cuts {@code n} elements into chunks of {@code size} (the last may be smaller), whatever the
   * number of threads: partial sums kept per chunk and added in the order of chunks are the same
   * bytes on any machine.
   */
  public void chunks(long n, long size, ChunkBody body) {
    run(
        chunkCount(n, size),
        chunk -> body.run(chunk, chunk * size, Math.min(n, (chunk + 1) * size)));
  }

  /** Number of chunks that {@link #chunks} makes. */
  public static int chunkCount(long n, long size) {
    return Math.toIntExact(Math.ceilDiv(n, size));
  }

  /** Ends the threads. */
  @Override
  public void close() {
    team.close();
  }

  private Team teamOf(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " must be at least 1");
    }
    return teams.apply(threads);
  }

  /** The division of work that has its turn; remembers what the first failing worker threw. */
  private static final class Fork implements Team.Task {
    private final WarmUp warmUp;
    private int workers;
    private long n;
    private long grain;
    private long grains;
    private RangeBody body;
    private Throwable thrown;
    private int thrower;

    Fork(WarmUp warmUp) {
      this.warmUp = warmUp;
    }

    void run(Team team, long n, long grain, long grains, RangeBody body, Class<?> kind) {
      this.workers = team.size();
      this.n = n;
      this.grain = grain;
      this.grains = grains;
      this.body = body;
      if (warmUp.isAlone(workers, kind)) {
        runAlone(kind);
      } else {
        team.fork(this);
      }
      this.body = null;
      if (thrown != null) {
        Throwable t = thrown;
        thrown = null;
        throw rethrown(t);
      }
    }

    private void runAlone(Class<?> kind) {
      long begin = System.nanoTime();
      for (int worker = 0; worker < workers; worker++) {
        run(worker);
      }
      warmUp.add(kind, System.nanoTime() - begin);
    }

    @Override
    public void run(int worker) {
      long lo = Math.min(n, grains * worker / workers * grain);
      long hi = Math.min(n, grains * (worker + 1) / workers * grain);
      if (lo == hi) {
        return;
      }
      INSIDE.set(true);
      try {
        body.run(worker, lo, hi);
      } catch (Throwable t) {
        failed(worker, t);
      } finally {
        INSIDE.set(false);
      }
    }

    private synchronized void failed(int worker, Throwable t) {
      if (thrown == null || worker < thrower) {
        thrown = t;
        thrower = worker;
      }
    }

    // Bodies declare no checked exceptions.
    private static RuntimeException rethrown(Throwable t) {
      if (t instanceof Error e) {
        throw e;
      }
      return (RuntimeException) t;
    }
  }
}
