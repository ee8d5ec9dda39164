package io.auxgrad.mtl.data;

import io.auxgrad.tensor.ops.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Data sets whose samples live in the memory of a device, where {@link BatchSource} gathers and
 * augments batches of them: what crosses the bus in a step is a table of views. The batches are the
 * same bytes as those that the host makes.
 *
 * <pre>{@code
 * try (var data = new DeviceData(backend, Residency.AUTO, System.err::println)) {
 *   Splits onDevice = data.splits(splits, size);
 *   ...
 * }
 * }</pre>
 *
 * <p>A data set goes there when the first batch of it is asked for. Closing frees the memory.
 */
public final class DeviceData implements AutoCloseable {
  private final Backend backend;
  private final Residency residency;
  private final Consumer<String> notes;
  private final List<ResidentDataset> datasets = new ArrayList<>();

  /**
   * On the device of {@code backend}.
   *
   * @param notes is told, for each data set, where it is kept and why
   */
  public DeviceData(Backend backend, Residency residency, Consumer<String> notes) {
    this.backend = backend;
    this.residency = residency;
    this.notes = notes;
  }

  /** {@code splits}, with batches of {@code size} made on the device. */
  public Splits splits(Splits splits, ImageSize size) {
    if (residency == Residency.HOST) {
      return splits;
    }
    return new Splits(
        splits.name(),
        splits.classes(),
        resident(splits.train(), size),
        resident(splits.validation(), size),
        resident(splits.test(), size));
  }

  private Dataset resident(Dataset dataset, ImageSize size) {
    CachedDataset source =
        dataset instanceof CachedDataset cached && cached.imageSize().equals(size)
            ? cached
            : new CachedDataset(dataset, size, 0);
    ResidentDataset resident = new ResidentDataset(source, backend, residency, notes);
    datasets.add(resident);
    return resident;
  }

  @Override
  public void close() {
    datasets.forEach(ResidentDataset::close);
    datasets.clear();
  }
}
