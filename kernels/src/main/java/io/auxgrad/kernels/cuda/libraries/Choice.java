package io.auxgrad.kernels.cuda.libraries;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The libraries that are taken, of those that were found. NVRTC, cuBLAS and cuDNN must be of one
 * CUDA: the one that the user's setting names, else the one of which most is there, else the one
 * that is met first, else the newest.
 */
final class Choice {
  private static final List<CudaLibrary> TOGETHER =
      List.of(CudaLibrary.NVRTC, CudaLibrary.CUBLAS, CudaLibrary.CUDNN);

  private final Search search;
  private final int cudaMajor;
  private final Map<CudaLibrary, LibraryFile> files = new EnumMap<>(CudaLibrary.class);

  Choice(Search search) {
    this.search = search;
    cudaMajor = chooseCuda();
    search.found(CudaLibrary.DRIVER).stream().findFirst().ifPresent(this::take);
    TOGETHER.forEach(l -> first(l, cudaMajor).ifPresent(this::take));
    companion(CudaLibrary.NVRTC_BUILTINS, CudaLibrary.NVRTC);
    companion(CudaLibrary.CUBLAS_LT, CudaLibrary.CUBLAS);
  }

  /** The file of a library, if one was found that fits the others. */
  Optional<LibraryFile> file(CudaLibrary library) {
    return Optional.ofNullable(files.get(library));
  }

  /** The first number of the CUDA that was chosen. */
  int cudaMajor() {
    return cudaMajor;
  }

  private void take(LibraryFile file) {
    files.put(file.library(), file);
  }

  private int chooseCuda() {
    List<Integer> majors = CudaLibrary.NVRTC.majors();
    return majors.stream()
        .max(
            Comparator.<Integer, Boolean>comparing(m -> origin(m) == Origin.SETTING)
                .thenComparingLong(m -> candidates(m).count())
                .thenComparing(this::origin, Comparator.reverseOrder())
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }

  // Where the first of a CUDA was met; cuDNN says little, as it may not tell which it is of.
  private Origin origin(int major) {
    return candidates(major)
        .filter(f -> f.library() != CudaLibrary.CUDNN)
        .map(LibraryFile::origin)
        .min(Comparator.naturalOrder())
        .orElse(Origin.LOADER_CACHE);
  }

  private Stream<LibraryFile> candidates(int major) {
    return TOGETHER.stream().flatMap(l -> first(l, major).stream());
  }

  private Optional<LibraryFile> first(CudaLibrary library, int major) {
    return search.found(library).stream()
        .filter(f -> f.cudaMajor().isEmpty() || f.cudaMajor().getAsInt() == major)
        .findFirst();
  }

  // One of the same version, and rather from the same folder.
  private void companion(CudaLibrary library, CudaLibrary of) {
    LibraryFile main = files.get(of);
    if (main == null) {
      return;
    }
    search.found(library).stream()
        .filter(f -> agree(f.version(), main.version()))
        .max(Comparator.comparing(f -> isBeside(f.path(), main.path())))
        .ifPresent(this::take);
  }

  // As far as both are known: a name may say no more than the first number.
  private static boolean agree(Version a, Version b) {
    int common = Math.min(2, Math.min(a.numbers().size(), b.numbers().size()));
    return a.numbers().subList(0, common).equals(b.numbers().subList(0, common));
  }

  private static boolean isBeside(Path a, Path b) {
    return Objects.equals(a.getParent(), b.getParent());
  }
}
