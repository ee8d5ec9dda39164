package io.auxgrad.kernels.cuda.launch;

import java.util.ArrayList;
import java.util.List;

/** Work of a GPU that is captured to be launched as a whole: an object for each capture. */
public final class Capture {
  private final List<Runnable> before = new ArrayList<>();

  /** Lets {@code work} be done before each launch of what is captured. */
  public void beforeEachLaunch(Runnable work) {
    before.add(work);
  }

  /** Does that. */
  public void prepare() {
    for (int i = 0; i < before.size(); i++) {
      before.get(i).run();
    }
  }

  /** What was captured is gone. */
  public void forget() {
    before.clear();
  }
}
