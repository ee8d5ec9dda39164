package io.auxgrad.kernels.cpu.onednn;

/**
 * A primitive on plain arrays: an operand that the primitive wants in another layout is reordered
 * before or after it, inside the workspace that the caller lends.
 */
final class PrimitivePlan implements Plan {
  private static final int ARG_FROM = 1;
  private static final int ARG_TO = 17;
  private static final int ARG_SCRATCHPAD = 80;
  private static final int ALIGNMENT = 64;

  /**
   * An argument as the caller holds it.
   *
   * @param id its {@code DNNL_ARG_*}
   * @param plain its layout outside
   * @param offset bytes from the address that is set to where it starts
   * @param output whether the primitive writes it
   */
  record Operand(int id, MemoryDesc plain, long offset, boolean output) {
    static Operand in(int id, MemoryDesc plain, long offset) {
      return new Operand(id, plain, offset, false);
    }

    static Operand out(int id, MemoryDesc plain, long offset) {
      return new Operand(id, plain, offset, true);
    }
  }

  private final Primitive main;
  private final Primitive[] reorders;
  private final boolean[] output;
  private final boolean[] packed;
  private final String[] layouts;
  private final long[] bytes;
  private final long[] starts;
  private final long[] offsets;
  private long workspaceBytes;

  /** Takes over {@code descriptor}. */
  PrimitivePlan(OneDnn dnn, String what, long descriptor, Operand... operands) {
    int n = operands.length;
    int[] ids = new int[n + 1];
    long[] wanted = new long[n + 1];
    for (int i = 0; i < n; i++) {
      ids[i] = operands[i].id();
      wanted[i] = Primitive.layout(descriptor, ids[i]);
    }
    ids[n] = ARG_SCRATCHPAD;
    wanted[n] = Primitive.layout(descriptor, ARG_SCRATCHPAD);
    main = new Primitive(dnn, what, descriptor, ids, wanted);
    reorders = new Primitive[n];
    output = new boolean[n];
    packed = new boolean[n];
    layouts = new String[n];
    bytes = new long[n];
    starts = new long[n];
    offsets = new long[n + 1];
    for (int i = 0; i < n; i++) {
      wanted[i] = main.layout(ids[i]);
      output[i] = operands[i].output();
      starts[i] = operands[i].offset();
      if (!MemoryDesc.same(wanted[i], operands[i].plain().handle())) {
        reorders[i] = reorder(dnn, what, operands[i], wanted[i]);
        offsets[i] = reserve(wanted[i]);
        bytes[i] = MemoryDesc.bytes(wanted[i]);
        layouts[i] = output[i] ? null : (MemoryDesc.name(wanted[i]) + starts[i]).intern();
      }
    }
    offsets[n] = reserve(main.layout(ARG_SCRATCHPAD));
  }

  @Override
  public long workspaceBytes() {
    return workspaceBytes;
  }

  @Override
  public void set(int operand, long address) {
    if (reorders[operand] == null) {
      main.set(operand, address + starts[operand]);
    } else {
      reorders[operand].set(output[operand] ? 1 : 0, address + starts[operand]);
      packed[operand] = false;
    }
  }

  @Override
  public String layoutOrNull(int operand) {
    return layouts[operand];
  }

  @Override
  public long packedBytes(int operand) {
    return bytes[operand];
  }

  @Override
  public void pack(int operand, long address) {
    reorders[operand].set(1, address);
    reorders[operand].run();
  }

  @Override
  public void setPacked(int operand, long address) {
    main.set(operand, address);
    packed[operand] = true;
  }

  @Override
  public void run(long workspace) {
    for (int i = 0; i < reorders.length; i++) {
      if (reorders[i] != null && !packed[i]) {
        reorders[i].set(output[i] ? 0 : 1, workspace + offsets[i]);
        main.set(i, workspace + offsets[i]);
        if (!output[i]) {
          reorders[i].run();
        }
      }
    }
    main.set(reorders.length, workspace + offsets[reorders.length]);
    main.run();
    for (int i = 0; i < reorders.length; i++) {
      if (reorders[i] != null && output[i]) {
        reorders[i].run();
      }
    }
  }

  @Override
  public void close() {
    main.close();
    for (Primitive reorder : reorders) {
      if (reorder != null) {
        reorder.close();
      }
    }
  }

  private long reserve(long layout) {
    long at = workspaceBytes;
    workspaceBytes += Math.ceilDiv(MemoryDesc.bytes(layout), ALIGNMENT) * ALIGNMENT;
    return at;
  }

  private static Primitive reorder(OneDnn dnn, String what, Operand operand, long wanted) {
    long plain = operand.plain().handle();
    long from = operand.output() ? wanted : plain;
    long to = operand.output() ? plain : wanted;
    long descriptor =
        Library.create(
            "dnnl_reorder_primitive_desc_create", from, dnn.engine(), to, dnn.engine(), 0L);
    int[] ids = {ARG_FROM, ARG_TO};
    return new Primitive(dnn, what + ", reorder", descriptor, ids, new long[] {from, to});
  }
}
