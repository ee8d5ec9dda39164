package io.auxgrad.kernels.cuda.libraries;

import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The libraries of NVIDIA on this machine, and the way to call them through JCuda.
 *
 * <pre>{@code
 * CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
 * libraries.load(CudaLibrary.DRIVER, List.of("cuInit", "cuDeviceGetCount"));
 * JCudaDriver.cuInit(0);
 * }</pre>
 *
 * <p>Finding reads files and loads nothing. Loading is once per process and library; it is
 * thread-safe.
 */
public final class CudaLibraries {
  private final Surroundings surroundings;
  private final Places places;
  private final Search search;
  private final Choice choice;

  private CudaLibraries(Surroundings surroundings) {
    this.surroundings = surroundings;
    places = Places.of(surroundings);
    search = new Search(places.list());
    choice = new Choice(search);
  }

  /** Looks for the libraries; missing ones are no error until they are asked for. */
  public static CudaLibraries find(Surroundings surroundings) {
    return new CudaLibraries(surroundings);
  }

  /** What the search came to, for every library. */
  public List<Finding> findings() {
    return Arrays.stream(CudaLibrary.values()).map(this::finding).toList();
  }

  /** What the search came to for {@code library}. */
  public Finding finding(CudaLibrary library) {
    return choice
        .file(library)
        .<Finding>map(Finding.Found::new)
        .orElseGet(() -> Explanation.of(library, search, choice));
  }

  /** Where was looked: a line for each way to find a folder. */
  public String searched() {
    return places.describe();
  }

  /**
   * The file of {@code library}.
   *
   * @throws CudaException if it is missing; says what was looked for and where, and how to get it
   */
  public LibraryFile require(CudaLibrary library) {
    return switch (finding(library)) {
      case Finding.Found found -> found.file();
      case Finding.Missing missing ->
          throw new CudaException(
              "%s.%nLooked in%n%s%nTo get it: %s"
                  .formatted(missing.reason(), searched(), missing.remedy()));
    };
  }

  /** Which class of JCuda calls which of the libraries that were found; loads nothing. */
  public List<Retargeted> retargeted() {
    return Arrays.stream(Binding.values())
        .flatMap(b -> choice.file(b.library()).map(b::describe).stream())
        .toList();
  }

  /**
   * Loads {@code library} with what it needs, and JCuda's binding of it. May be called again, for
   * other functions.
   *
   * @param functions that JCuda will call, by their names in the library, for example {@code
   *     cuMemAlloc_v2} for {@code cuMemAlloc}; calling one that is absent would end the process
   * @return the library's functions, for calls beside JCuda's
   * @throws CudaException if it is missing, lacks a function or cannot be loaded
   */
  public SymbolLookup load(CudaLibrary library, Collection<String> functions) {
    assert Binding.of(library).stream().allMatch(b -> b.functions().containsAll(functions))
        : "not called through JCuda: " + functions;
    requireFunctions(library, functions);
    return Loader.load(this, library);
  }

  /** Fails if {@code library} is missing or lacks one of {@code functions}; loads nothing. */
  void requireFunctions(CudaLibrary library, Collection<String> functions) {
    Exports.of(require(library)).require(functions);
  }

  Surroundings surroundings() {
    return surroundings;
  }
}
