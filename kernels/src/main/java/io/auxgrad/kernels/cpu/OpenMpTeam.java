package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.OpenMp;

/** The team of OpenMP threads that oneDNN uses too. */
final class OpenMpTeam implements Team {
  private final int size;
  private final OpenMp openMp = new OpenMp();

  OpenMpTeam(int size) {
    this.size = size;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void fork(Task task) {
    openMp.run(size, task::run);
  }

  @Override
  public void close() {
    openMp.close();
  }
}
