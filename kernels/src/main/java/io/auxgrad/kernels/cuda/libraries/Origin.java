package io.auxgrad.kernels.cuda.libraries;

/** What leads to folders with libraries, in the order in which it counts. */
public enum Origin {
  /** The setting made for it. */
  SETTING("auxgrad.cuda.path or AUXGRAD_CUDA_PATH"),
  /** The dynamic linker's variable. */
  LOADER_PATH("LD_LIBRARY_PATH"),
  /** The variables of the CUDA toolkit. */
  TOOLKIT("CUDA_HOME or CUDA_PATH"),
  /** The active environment of Python. */
  ENVIRONMENT("VIRTUAL_ENV or CONDA_PREFIX"),
  /** Packages of the user's or the system's Python. */
  PYTHON("the packages of python3"),
  /** Where NVIDIA's installer puts the toolkit. */
  LOCAL("/usr/local/cuda*"),
  /** Where packages of the distribution, and drivers, are. */
  SYSTEM("the system's folders"),
  /** What the dynamic linker knows. */
  LOADER_CACHE("/etc/ld.so.cache");

  private final String words;

  Origin(String words) {
    this.words = words;
  }

  /** Whether it is up to the user to set it. */
  boolean isVariable() {
    return compareTo(ENVIRONMENT) <= 0;
  }

  @Override
  public String toString() {
    return words;
  }
}
