package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.OneDnn;
import io.auxgrad.kernels.cpu.onednn.Plan;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.function.BiFunction;

/**
 * The oneDNN plans of one kind of op, by shapes and settings, made at first use. The least recently
 * used ones are dropped, and all of them when the number of threads changes, on which they depend.
 */
final class PlanCache<K> {
  /** Which operand of plans is a weight. */
  static final int WEIGHT = 1;

  private static final int CAPACITY = 512;

  private final CpuContext context;
  private final BiFunction<OneDnn, K, Plan> make;
  private final LinkedHashMap<K, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);
  private int threads;

  PlanCache(CpuContext context, BiFunction<OneDnn, K, Plan> make) {
    this.context = context;
    this.make = make;
  }

  /**
   * Runs the plan of {@code key} on operands at the given addresses; callers on several threads
   * take turns.
   */
  void run(K key, long... operands) {
    run(key, null, operands);
  }

  /**
   * {@link #run(Object, long...)}, where operand number {@link #WEIGHT} is {@code weight}, whose
   * {@link PackedWeights} are used.
   */
  void run(K key, Tensor weight, long... operands) {
    OneDnn dnn = OneDnn.get();
    synchronized (dnn) {
      dnn.useThreads(context.workers().threads());
      Plan plan = plan(dnn, key);
      for (int i = 0; i < operands.length; i++) {
        plan.set(i, operands[i]);
      }
      if (weight != null) {
        PackedWeights.lend(context.memory(), weight, plan, WEIGHT);
      }
      Buffer workspace = context.memory().allocate(plan.workspaceBytes());
      try {
        plan.run(workspace.address());
      } finally {
        context.memory().release(workspace);
      }
    }
  }

  private Plan plan(OneDnn dnn, K key) {
    if (threads != context.workers().threads()) {
      plans.values().forEach(Plan::close);
      plans.clear();
      threads = context.workers().threads();
    }
    Plan plan = plans.get(key);
    if (plan == null) {
      plan = make.apply(dnn, key);
      plans.put(key, plan);
      dropOldest();
    }
    return plan;
  }

  private void dropOldest() {
    if (plans.size() > CAPACITY) {
      plans.pollFirstEntry().getValue().close();
    }
  }
}
