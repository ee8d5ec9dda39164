package io.auxgrad.mtl.config;

/**
 * How weights move. The learning rates are those at factor 1 of the schedule.
 *
 * @param method the algorithm
 * @param encoder learning rate of the shared encoder
 * @param decoder learning rate of the decoder and the heads
 * @param auxiliary learning rate of the auxiliary module
 * @param weighting learning rate of learned loss weights
 * @param weightDecay of all but normalisation, biases and loss weights
 * @param momentum of sgd; 0 for none
 * @param nesterov whether sgd looks ahead
 * @param beta1 of adam and adamw
 * @param beta2 of adam and adamw
 * @param clip largest norm of the whole gradient; 0 for no limit
 */
public record OptimizerConfig(
    Method method,
    double encoder,
    double decoder,
    double auxiliary,
    double weighting,
    double weightDecay,
    double momentum,
    boolean nesterov,
    double beta1,
    double beta2,
    double clip) {
  /** Known algorithms. */
  public enum Method {
    /** Stochastic gradient descent. */
    SGD,
    /** Adam (Kingma, Ba, 2015). */
    ADAM,
    /** Adam with decoupled weight decay (Loshchilov, Hutter, 2019). */
    ADAMW
  }

  /** Checks the range. */
  public OptimizerConfig {
    Require.notNegative("optimizer.encoder", encoder);
    Require.notNegative("optimizer.decoder", decoder);
    Require.notNegative("optimizer.auxiliary", auxiliary);
    Require.notNegative("optimizer.weighting", weighting);
    Require.between("optimizer.weight_decay", weightDecay, 0, 1);
    Require.between("optimizer.momentum", momentum, 0, 0.9999);
    Require.between("optimizer.beta1", beta1, 0, 0.9999);
    Require.between("optimizer.beta2", beta2, 0, 0.999999);
    Require.notNegative("optimizer.clip", clip);
    if (nesterov && momentum == 0) {
      throw new ConfigException("optimizer.nesterov", "needs optimizer.momentum above 0");
    }
  }
}
