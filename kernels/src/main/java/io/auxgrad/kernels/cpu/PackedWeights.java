package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.Plan;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A weight in the layouts that plans want, so that it need not be reordered in each call. A layout
 * is kept from its second use on: weights that change in every step are used once and cost nothing.
 */
final class PackedWeights implements Tensor.Companion {
  private static final class Form {
    private final String layout;
    private long version;
    private Buffer bufferOrNull;

    private Form(String layout, long version) {
      this.layout = layout;
      this.version = version;
    }
  }

  private final CpuMemory memory;
  private final List<Form> forms = new ArrayList<>(2);

  private PackedWeights(CpuMemory memory) {
    this.memory = memory;
  }

  /** Lets {@code plan}, whose operand {@code operand} is {@code weight}, take what is kept. */
  static void lend(CpuMemory memory, Tensor weight, Plan plan, int operand) {
    // What a recording makes on the way is made anew, at the same place, in each of its runs.
    if (plan.layoutOrNull(operand) != null && !weight.isRecorded()) {
      of(memory, weight).lend(weight.version(), plan, operand);
    }
  }

  private static PackedWeights of(CpuMemory memory, Tensor weight) {
    if (weight.companionOrNull() instanceof PackedWeights packed) {
      return packed;
    }
    PackedWeights packed = new PackedWeights(memory);
    weight.accompany(packed);
    return packed;
  }

  private synchronized void lend(long version, Plan plan, int operand) {
    Form form = find(plan.layoutOrNull(operand));
    if (form == null) {
      forms.add(new Form(plan.layoutOrNull(operand), version));
    } else if (form.version != version) {
      forms.forEach(this::drop);
      form.version = version;
    } else {
      if (form.bufferOrNull == null) {
        form.bufferOrNull = memory.allocate(plan.packedBytes(operand));
        plan.pack(operand, form.bufferOrNull.address());
      }
      plan.setPacked(operand, form.bufferOrNull.address());
    }
  }

  private Form find(String layout) {
    for (int i = 0; i < forms.size(); i++) {
      if (forms.get(i).layout.equals(layout)) {
        return forms.get(i);
      }
    }
    return null;
  }

  private void drop(Form form) {
    if (form.bufferOrNull != null) {
      memory.release(form.bufferOrNull);
      form.bufferOrNull = null;
    }
  }

  @Override
  public synchronized void close() {
    forms.forEach(this::drop);
    forms.clear();
  }
}
