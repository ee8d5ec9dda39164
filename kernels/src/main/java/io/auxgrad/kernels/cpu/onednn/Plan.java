package io.auxgrad.kernels.cpu.onednn;

import java.util.List;

/** A computation on arrays whose places are set before each run. */
public interface Plan extends AutoCloseable {
  /** Bytes of workspace that {@link #run} needs. */
  long workspaceBytes();

  /** Sets where operand number {@code operand} lies. */
  void set(int operand, long address);

  /** Computes with the operands that were set; {@code workspace} is 64-byte aligned. */
  void run(long workspace);

  @Override
  void close();

  /** Plans on the same operands, one after the other. */
  record Sequence(List<Plan> plans) implements Plan {
    @Override
    public long workspaceBytes() {
      return plans.stream().mapToLong(Plan::workspaceBytes).max().orElse(0);
    }

    @Override
    public void set(int operand, long address) {
      plans.forEach(plan -> plan.set(operand, address));
    }

    @Override
    public void run(long workspace) {
      plans.forEach(plan -> plan.run(workspace));
    }

    @Override
    public void close() {
      plans.forEach(Plan::close);
    }
  }
}
