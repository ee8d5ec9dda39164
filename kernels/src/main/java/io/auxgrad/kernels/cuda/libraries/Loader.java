package io.auxgrad.kernels.cuda.libraries;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is loaded in this process: each library once, and JCuda's binding with it. */
final class Loader {
  private static final Map<CudaLibrary, LibraryFile> LOADED = new EnumMap<>(CudaLibrary.class);
  private static final Map<CudaLibrary, Optional<CudaException>> BOUND =
      new EnumMap<>(CudaLibrary.class);

  private Loader() {}

  /** Loads {@code library} and what it opens itself later, which is then found by its name. */
  @SuppressWarnings("restricted")
  static synchronized SymbolLookup load(CudaLibraries libraries, CudaLibrary library) {
    List<CudaLibrary> order =
        switch (library) {
          case NVRTC -> List.of(CudaLibrary.NVRTC_BUILTINS, library);
          case CUBLAS -> List.of(CudaLibrary.CUBLAS_LT, library);
          case CUDNN ->
              List.of(
                  CudaLibrary.NVRTC_BUILTINS,
                  CudaLibrary.NVRTC,
                  CudaLibrary.CUBLAS_LT,
                  CudaLibrary.CUBLAS,
                  library);
          default -> List.of(library);
        };
    order.forEach(l -> load(libraries.require(l)));
    LibraryFile file = libraries.require(library);
    Binding.of(library).ifPresent(b -> bind(b, file, libraries.surroundings()));
    return SymbolLookup.libraryLookup(file.path(), Arena.global());
  }

  @SuppressWarnings("restricted")
  private static void load(LibraryFile file) {
    LibraryFile before = LOADED.get(file.library());
    if (before != null) {
      if (!before.path().equals(file.path())) {
        throw new CudaException(
            "%s cannot be loaded: the process already has %s".formatted(file, before));
      }
      return;
    }
    try {
      System.load(file.path().toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError e) {
      throw new CudaException("%s cannot be loaded: %s".formatted(file, e.getMessage()), e);
    }
    LOADED.put(file.library(), file);
  }

  private static void bind(Binding binding, LibraryFile file, Surroundings surroundings) {
    Optional<CudaException> failure =
        BOUND.computeIfAbsent(file.library(), _ -> tryToBind(binding, file, surroundings));
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private static Optional<CudaException> tryToBind(
      Binding binding, LibraryFile file, Surroundings surroundings) {
    try {
      new Initialization(binding, surroundings).run(binding.retargeted(file.soname()));
      return Optional.empty();
    } catch (CudaException e) {
      return Optional.of(e);
    }
  }
}
