package io.auxgrad.kernels.cpu.onednn;

import java.util.List;

/** A computation on arrays whose places are set before each run. */
public interface Plan extends AutoCloseable {
  /** Bytes of workspace that {@link #run} needs. */
  long workspaceBytes();

  /** Sets where operand number {@code operand} lies. */
  void set(int operand, long address);

  /**
   * Names the layout that operand number {@code operand} is brought into before the computation;
   * null if it is taken as it is.
   */
  String layoutOrNull(int operand);

  /** Bytes of an operand in its {@linkplain #layoutOrNull layout}. */
  long packedBytes(int operand);

  /** Brings the operand that was set into its layout, at {@code address}. */
  void pack(int operand, long address);

  /** Sets where an operand lies in its layout already, for the next run. */
  void setPacked(int operand, long address);

  /** Computes with the operands that were set; {@code workspace} is 64-byte aligned. */
  void run(long workspace);

  @Override
  void close();

  /** Plans on the same operands, one after the other; each takes them as they are. */
  record Sequence(List<Plan> plans) implements Plan {
    @Override
    public String layoutOrNull(int operand) {
      return null;
    }

    @Override
    public long packedBytes(int operand) {
      throw new IllegalStateException("a sequence of plans takes its operands as they are");
    }

    @Override
    public void pack(int operand, long address) {
      throw new IllegalStateException("a sequence of plans takes its operands as they are");
    }

    @Override
    public void setPacked(int operand, long address) {
      throw new IllegalStateException("a sequence of plans takes its operands as they are");
    }

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
