package io.auxgrad.kernels.cuda.libraries;

import java.util.List;
import java.util.stream.Stream;

/**
 * Makes a native of JCuda need another version of a library than it was linked with. NVIDIA's
 * libraries give all their symbols one version named like the library itself, so three places hold
 * the name: the list of needed libraries, the list of needed versions, and the version, which also
 * has a hash of it.
 *
 * <p>The new name is written where the native's run path is. That is a folder of the machine it was
 * built on and would otherwise be searched here, where anybody might have put something. The old
 * name stays: other strings may share its bytes.
 */
final class Retargeting {
  private final ElfFile elf;
  private final List<ElfFile.Entry> runPaths;

  private Retargeting(ElfFile elf) {
    this.elf = elf;
    runPaths =
        Stream.of(ElfFile.RUNPATH, ElfFile.RPATH).flatMap(t -> elf.entries(t).stream()).toList();
  }

  /**
   * Changes the name of a needed library, and takes the run path away, in place.
   *
   * @param name of {@code image}, for messages
   * @throws ElfException if it does not need {@code from}, or has no room for {@code to}
   */
  static void rename(String name, byte[] image, String from, String to) {
    new Retargeting(new ElfFile(ElfImage.of(name, image))).rename(from, to);
  }

  private void rename(String from, String to) {
    List<ElfFile.Entry> needed =
        elf.entries(ElfFile.NEEDED).stream()
            .filter(e -> elf.string(e.value()).equals(from))
            .toList();
    if (needed.isEmpty()) {
      throw new ElfException(
          elf.image(), "it does not need " + from + " but " + String.join(", ", elf.needed()));
    }
    if (!from.equals(to)) {
      long index = write(to);
      needed.forEach(e -> elf.image().put64(e.at() + Long.BYTES, index));
      ElfVersions versions = elf.neededVersions();
      versions.libraries().stream()
          .filter(l -> l.name().equals(from))
          .forEach(l -> versions.rename(l, index));
    }
    // The dynamic linker passes over an entry of this kind in a library.
    runPaths.forEach(p -> elf.image().put64(p.at(), ElfFile.DEBUG));
  }

  // The index of the new string.
  private long write(String text) {
    long index =
        runPaths.stream()
            .map(ElfFile.Entry::value)
            .filter(v -> elf.string(v).length() >= text.length())
            .findFirst()
            .orElseThrow(() -> new ElfException(elf.image(), "it has no room for " + text));
    elf.image().putText(elf.stringOffset(index), text);
    return index;
  }
}
