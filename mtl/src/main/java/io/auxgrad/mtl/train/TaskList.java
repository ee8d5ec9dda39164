package io.auxgrad.mtl.train;

import io.auxgrad.mtl.config.TasksConfig;
import io.auxgrad.mtl.tasks.DepthTask;
import io.auxgrad.mtl.tasks.NormalsTask;
import io.auxgrad.mtl.tasks.SegmentationTask;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the tasks of a configuration, in the order segmentation, depth, normals. */
final class TaskList {
  private TaskList() {}

  /** With all classes alike: what evaluation needs. */
  static List<Task> of(TasksConfig config, int classes) {
    return list(config, new SegmentationTask(classes));
  }

  /** With a weight for each class. */
  static List<Task> of(TasksConfig config, float[] classWeights) {
    return list(config, new SegmentationTask(classWeights));
  }

  /** The fixed weights by name of the task. */
  static Map<String, Double> weights(TasksConfig config, List<Task> tasks) {
    Map<String, Double> all =
        Map.of(
            "segmentation", config.segmentation().weight(),
            "depth", config.depth().weight(),
            "normals", config.normals().weight());
    Map<String, Double> weights = new LinkedHashMap<>();
    tasks.forEach(task -> weights.put(task.name(), all.get(task.name())));
    return weights;
  }

  private static List<Task> list(TasksConfig config, Task segmentation) {
    List<Task> tasks = new ArrayList<>();
    if (config.segmentation().enabled()) {
      tasks.add(segmentation);
    }
    if (config.depth().enabled()) {
      tasks.add(new DepthTask(penalty(config.depth().loss())));
    }
    if (config.normals().enabled()) {
      tasks.add(new NormalsTask());
    }
    return List.copyOf(tasks);
  }

  private static Penalty penalty(TasksConfig.DepthLoss loss) {
    return switch (loss) {
      case L1 -> Penalty.L1;
      case L2 -> Penalty.L2;
      case BERHU -> Penalty.BERHU;
    };
  }
}
