package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** Looks through folders for libraries, and for what keeps those it meets from serving. */
final class Search {
  private final Map<CudaLibrary, List<LibraryFile>> found = new EnumMap<>(CudaLibrary.class);
  private final Map<CudaLibrary, List<String>> unfit = new EnumMap<>(CudaLibrary.class);
  private final Set<Path> seen = new HashSet<>();
  private final Set<Path> misnamed = new HashSet<>();

  Search(List<Places.Place> places) {
    for (CudaLibrary library : CudaLibrary.values()) {
      found.put(library, new ArrayList<>());
      unfit.put(library, new ArrayList<>());
    }
    places.forEach(this::look);
  }

  /** What serves, in the order in which it counts: by origin, and there the newest first. */
  List<LibraryFile> found(CudaLibrary library) {
    return found.get(library).stream()
        .sorted(
            Comparator.comparing(LibraryFile::origin)
                .thenComparing(LibraryFile::version, Comparator.reverseOrder()))
        .toList();
  }

  /** What does not serve, and why: a line for each file. */
  List<String> unfit(CudaLibrary library) {
    return unfit.get(library);
  }

  private void look(Places.Place place) {
    for (Path file : files(place.folder())) {
      LibraryName.parse(file.getFileName().toString())
          .ifPresent(name -> meet(name, file, place.origin()));
    }
  }

  // A library often has several names, each a link to the next; the shortest is what others ask
  // for.
  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .sorted(Comparator.comparingInt(p -> p.getFileName().toString().length()))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private void meet(LibraryName name, Path file, Origin origin) {
    try {
      // Under another name, met later, a file may serve: that of the driver is libcuda.so.580.65.
      Path real = file.toRealPath();
      if (!isAccepted(name, name.library())) {
        refuseName(name.library(), file, real);
      } else if (seen.add(real)) {
        judge(name, file, real, origin);
      }
    } catch (IOException e) {
      refuse(name.library(), "%s cannot be read (%s)".formatted(file, e));
    } catch (ElfException e) {
      refuse(name.library(), e.getMessage());
    }
  }

  private void judge(LibraryName name, Path file, Path real, Origin origin) throws IOException {
    CudaLibrary library = name.library();
    String soname = soname(file);
    if (LibraryName.parse(soname).filter(s -> isAccepted(s, library)).isEmpty()) {
      refuse(library, "%s calls itself %s".formatted(file, soname));
      return;
    }
    found.get(library).add(describe(name, file, real, soname, origin));
  }

  private static boolean isAccepted(LibraryName name, CudaLibrary library) {
    return name.library() == library && library.accepts(name.version().major());
  }

  private void refuseName(CudaLibrary library, Path file, Path real) {
    if (!seen.contains(real) && misnamed.add(real)) {
      refuse(library, "found %s, but %s is needed".formatted(file, library.needed()));
    }
  }

  private void refuse(CudaLibrary library, String reason) {
    unfit.get(library).add(reason);
  }

  private static String soname(Path file) throws IOException {
    return ElfImage.read(file, image -> new ElfFile(image).soname().orElse("nothing"));
  }

  private static LibraryFile describe(
      LibraryName name, Path file, Path real, String soname, Origin origin) {
    CudaLibrary library = name.library();
    Version ofName =
        LibraryName.parse(real.getFileName().toString())
            .filter(n -> n.library() == library)
            .orElse(name)
            .version();
    Optional<PackageRecords.Wheel> record =
        PackageRecords.of(library, real, name.version().major());
    Version version =
        record.map(PackageRecords.Wheel::version).filter(v -> v.isWithin(ofName)).orElse(ofName);
    OptionalInt cuda =
        switch (library) {
          case DRIVER -> OptionalInt.empty();
          case CUDNN -> record.map(PackageRecords.Wheel::cudaMajor).orElse(OptionalInt.empty());
          default -> OptionalInt.of(version.major());
        };
    return new LibraryFile(library, file, soname, version, cuda, origin);
  }
}
