package io.auxgrad.mtl.config;

import io.auxgrad.mtl.network.NetworkConfig;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Precision;
import java.util.List;

/**
 * Everything that decides the result of a run; every field has a key of the same name in YAML.
 *
 * @param name of the preset, and the beginning of the run folder's name
 * @param seed of weights, order of images, augmentation and rendering
 * @param threads of the engine; 0 for the engine's own default, one per processor
 * @param device where tensors live
 * @param precision what the network computes in
 * @param data images and labels
 * @param model the network that is deployed
 * @param auxiliary the module that helps in training only
 * @param tasks what is predicted, and each task's loss
 * @param weighting how the losses become one
 * @param optimizer how weights move
 * @param schedule how the learning rate changes
 * @param train how long, and what is saved when
 * @param augment random changes of training images
 */
public record Config(
    String name,
    long seed,
    int threads,
    DeviceName device,
    Precision precision,
    DataConfig data,
    ModelConfig model,
    AuxiliaryConfig auxiliary,
    TasksConfig tasks,
    WeightingConfig weighting,
    OptimizerConfig optimizer,
    ScheduleConfig schedule,
    TrainConfig train,
    AugmentConfig augment) {
  /** Devices that can be asked for. */
  public enum DeviceName {
    /** The processor. */
    CPU,
    /** The first NVIDIA GPU that the process sees. */
    CUDA
  }

  /** Checks the range. */
  public Config {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
      throw new ConfigException(
          "name", "is '" + name + "'; it begins the folder's name: use letters, digits, - and _");
    }
    Require.between("threads", threads, 0, 1024);
    auxiliary.requireTaps(model);
    if (model.decoder() == ModelConfig.Decoder.DEEPLABV3 && train.batch() < 2) {
      throw new ConfigException(
          "train.batch",
          "is 1; model.decoder=deeplabv3 normalises one value per image and channel over the batch: take 2 or more");
    }
  }

  /** The network for {@code tasks}, with the auxiliary module unless that is off. */
  public NetworkConfig network(List<Task> tasks) {
    return NetworkConfig.of(
        model.encoderOptions(), model.decoderOptions(), tasks, auxiliary.options(model));
  }
}
