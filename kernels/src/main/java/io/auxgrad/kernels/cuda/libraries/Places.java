package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folders of this machine in which libraries are looked for. */
final class Places {
  /** A folder, and what led to it. */
  record Place(Origin origin, Path folder) {}

  private static final String PROPERTY = "auxgrad.cuda.path";
  private static final String VARIABLE = "AUXGRAD_CUDA_PATH";
  private static final List<String> TOOLKIT_FOLDERS =
      List.of("lib64", "lib", "targets/x86_64-linux/lib");
  private static final List<String> SYSTEM_FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/usr/lib",
          "/usr/lib/x86_64-linux-gnu/nvidia/current",
          // Where containers and WSL put the driver.
          "/usr/local/nvidia/lib64",
          "/usr/lib/wsl/lib");
  private static final List<String> PYTHON_HOMES = List.of("/usr/local", "/usr");

  private final Surroundings surroundings;
  private final List<Place> places = new ArrayList<>();
  private final Map<Origin, List<Path>> told = new EnumMap<>(Origin.class);

  private Places(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Those that exist, in the order in which they count. */
  static Places of(Surroundings surroundings) {
    Places places = new Places(surroundings);
    places.addSetting();
    places.addLoaderPath();
    places.addToolkit();
    places.addEnvironments();
    places.addPython();
    matching(surroundings.path("/usr/local"), "cuda*")
        .forEach(p -> places.addToolkit(Origin.LOCAL, p));
    SYSTEM_FOLDERS.forEach(p -> places.add(Origin.SYSTEM, surroundings.path(p)));
    places.addLoaderCache();
    return places;
  }

  List<Place> list() {
    return places;
  }

  /** Where was looked, a line for each origin. */
  String describe() {
    return Arrays.stream(Origin.values()).map(this::describe).collect(Collectors.joining("\n"));
  }

  private String describe(Origin origin) {
    List<Path> named = told.getOrDefault(origin, List.of());
    String found = joined(places.stream().filter(p -> p.origin() == origin).map(Place::folder));
    String absent = joined(named.stream().filter(p -> !Files.isDirectory(p)));
    if (found.isEmpty() && absent.isEmpty()) {
      found = origin.isVariable() && named.isEmpty() ? "not set" : "nothing there";
    }
    String separator = found.isEmpty() || absent.isEmpty() ? "" : "; ";
    return "  %s: %s%s%s"
        .formatted(
            origin, found, separator, absent.isEmpty() ? "" : "there is no folder " + absent);
  }

  private static String joined(Stream<Path> folders) {
    return folders.map(Path::toString).collect(Collectors.joining(", "));
  }

  private void addSetting() {
    Optional<String> value =
        surroundings.property(PROPERTY).or(() -> surroundings.variable(VARIABLE));
    for (Path folder : tell(Origin.SETTING, value, ":")) {
      add(Origin.SETTING, folder);
      addToolkit(Origin.SETTING, folder);
      addPackages(Origin.SETTING, folder);
      matching(folder, "*").forEach(p -> add(Origin.SETTING, p.resolve("lib")));
      addPython(Origin.SETTING, folder);
    }
  }

  private void addLoaderPath() {
    tell(Origin.LOADER_PATH, surroundings.variable("LD_LIBRARY_PATH"), ":;")
        .forEach(p -> add(Origin.LOADER_PATH, p));
  }

  private void addToolkit() {
    Stream.of("CUDA_HOME", "CUDA_PATH")
        .flatMap(v -> tell(Origin.TOOLKIT, surroundings.variable(v), "\0").stream())
        .forEach(p -> addToolkit(Origin.TOOLKIT, p));
  }

  private void addToolkit(Origin origin, Path home) {
    TOOLKIT_FOLDERS.forEach(f -> add(origin, home.resolve(f)));
  }

  private void addEnvironments() {
    Stream.of("VIRTUAL_ENV", "CONDA_PREFIX")
        .flatMap(v -> tell(Origin.ENVIRONMENT, surroundings.variable(v), "\0").stream())
        .forEach(p -> {
          addPython(Origin.ENVIRONMENT, p);
          add(Origin.ENVIRONMENT, p.resolve("lib"));
        });
  }

  private void addPython() {
    pythonOnPath().forEach(p -> addPython(Origin.PYTHON, p));
    Stream.concat(
            surroundings.home().map(h -> h.resolve(".local")).stream(),
            PYTHON_HOMES.stream().map(surroundings::path))
        .forEach(p -> addPython(Origin.PYTHON, p));
  }

  // An environment that was never activated may be found by the path alone. The program, or one
  // that it is a link to, is in the folder bin of its home.
  private List<Path> pythonOnPath() {
    List<Path> homes = new ArrayList<>();
    Optional<Path> python =
        Surroundings.folders(surroundings.variable("PATH").orElse(""), ":").stream()
            .map(folder -> folder.toAbsolutePath().resolve("python3"))
            .filter(Files::isExecutable)
            .findFirst();
    while (python.isPresent()) {
      Path program = python.get();
      Optional.ofNullable(program.getParent().getParent()).ifPresent(homes::add);
      python = target(program);
    }
    return homes;
  }

  private static Optional<Path> target(Path link) {
    try {
      return Files.isSymbolicLink(link)
          ? Optional.of(link.resolveSibling(Files.readSymbolicLink(link)).normalize())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  // The packages of a Python that is installed below a folder.
  private void addPython(Origin origin, Path home) {
    for (String lib : List.of("lib", "lib64")) {
      for (Path python : matching(home.resolve(lib), "python3*")) {
        addPackages(origin, python.resolve("site-packages"));
        addPackages(origin, python.resolve("dist-packages"));
      }
    }
  }

  // NVIDIA's wheels unpack to nvidia/<library>/lib, or to nvidia/cu13/lib for all of CUDA 13.
  private void addPackages(Origin origin, Path packages) {
    matching(packages.resolve("nvidia"), "*").forEach(p -> add(origin, p.resolve("lib")));
  }

  private void addLoaderCache() {
    LoaderCache.read(surroundings.path("/etc/ld.so.cache")).stream()
        .filter(p -> p.startsWith("/") && LibraryName.parse(fileName(p)).isPresent())
        .flatMap(p -> folder(p).stream())
        .forEach(p -> add(Origin.LOADER_CACHE, p));
  }

  // A path of another encoding than this process has cannot be told to the system.
  private Optional<Path> folder(String library) {
    try {
      return Optional.of(surroundings.path(library).getParent());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private List<Path> tell(Origin origin, Optional<String> value, String separators) {
    List<Path> folders = value.map(v -> Surroundings.folders(v, separators)).orElse(List.of());
    told.computeIfAbsent(origin, _ -> new ArrayList<>()).addAll(folders);
    return folders;
  }

  // A folder counts once: where it is met first.
  private void add(Origin origin, Path folder) {
    if (Files.isDirectory(folder) && places.stream().noneMatch(p -> isSame(p.folder(), folder))) {
      places.add(new Place(origin, folder));
    }
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Path> matching(Path folder, String pattern) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
      entries.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    found.sort(Comparator.reverseOrder());
    return found;
  }
}
