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
   * @param reason what was looked for and where, what does not serve and why, and how to get it;
   *     several lines
   */
  record Missing(CudaLibrary library, String reason) implements Finding {}
}
