package io.auxgrad.bench.work;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.network.MultiTaskNetwork;
import io.auxgrad.mtl.tasks.DepthTask;
import io.auxgrad.mtl.tasks.NormalsTask;
import io.auxgrad.mtl.tasks.SegmentationTask;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network and the images it works on.
 *
 * @param network which network
 * @param precision what it computes in
 * @param tasks how many of segmentation, depth, normals, in this order: 1 to 3
 * @param batch images at once
 * @param height of the images in pixels
 * @param width of the images in pixels
 */
public record Workload(
    NetworkKind network, Precision precision, int tasks, int batch, int height, int width) {
  /** Classes of the segmentation, as in NYUv2's smaller labelling. */
  public static final int CLASSES = 13;

  /** Weight of the auxiliary losses. */
  public static final float LAMBDA = 1;

  private static final List<Task> TASKS =
      List.of(new SegmentationTask(CLASSES), new DepthTask(Penalty.BERHU), new NormalsTask());
  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})x(\\d{1,6})x(\\d{1,6})");

  /** Checks the ranges. */
  public Workload {
    if (tasks < 1 || tasks > TASKS.size() || batch < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a workload has 1 to %d tasks and a positive size, not %d tasks and %dx%dx%d"
              .formatted(TASKS.size(), tasks, batch, height, width));
    }
  }

  /** In float32. */
  public Workload(NetworkKind network, int tasks, int batch, int height, int width) {
    this(network, Precision.FP32, tasks, batch, height, width);
  }

  /** All three tasks on images of {@code size}, written {@code BATCHxHEIGHTxWIDTH}. */
  public static Workload of(NetworkKind network, Precision precision, String size) {
    Matcher m = SIZE.matcher(size);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "size " + size + " must be BATCHxHEIGHTxWIDTH, such as 4x120x160");
    }
    return new Workload(
        network,
        precision,
        TASKS.size(),
        Integer.parseInt(m.group(1)),
        Integer.parseInt(m.group(2)),
        Integer.parseInt(m.group(3)));
  }

  /**
   * The network in training mode, with the same weights each time; the caller closes it.
   *
   * @throws UserException if the device does not compute in this precision
   */
  public MultiTaskNetwork createNetwork(Backend backend) {
    MultiTaskNetwork created = network.create(taskList(), backend);
    try {
      created.precision(precision);
      return created;
    } catch (TensorException e) {
      created.close();
      throw new UserException(e.getMessage(), e);
    }
  }

  /** The tasks. */
  public List<Task> taskList() {
    return TASKS.subList(0, tasks);
  }

  /** {@code fp32}, {@code tf32} or {@code bf16}. */
  public String precisionLabel() {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** {@code BATCHxHEIGHTxWIDTH}. */
  public String size() {
    return batch + "x" + height + "x" + width;
  }
}
