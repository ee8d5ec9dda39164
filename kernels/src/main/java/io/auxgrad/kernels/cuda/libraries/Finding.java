package io.auxgrad.kernels.cuda.libraries;

/** What the search for one library came to. */
public sealed interface Finding {
  /** The library that was looked for. */
  CudaLibrary library();

  /**
   * It is there.
   *
   * @param file what will be loaded
   */
  record Found(LibraryFile file) implements Finding {
    @Override
    public CudaLibrary library() {
      return file.library();
    }
  }

  /**
   * It is not there, or only in versions that do not serve.
   *
   * @param library which one
   * @param reason what was looked for, and what was met that does not serve and why
   * @param remedy how to get it
   */
  record Missing(CudaLibrary library, String reason, String remedy) implements Finding {}
}
