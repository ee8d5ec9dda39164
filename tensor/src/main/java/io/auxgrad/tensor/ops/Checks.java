package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;

/** Argument checks with messages that name the op, the argument and what it should be. */
final class Checks {
  private Checks() {}

  static void require(boolean condition, String op, String problem, Object... values) {
    if (!condition) {
      throw new TensorException(op + ": " + problem.formatted(values));
    }
  }

  static void rank(String op, String name, Tensor t, int rank) {
    if (t.shape().rank() != rank) {
      throw new TensorException(
          op
              + ": "
              + name
              + " "
              + t.shape()
              + " has rank "
              + t.shape().rank()
              + ", expected "
              + rank);
    }
  }

  static void dtype(String op, String name, Tensor t, DType dtype) {
    if (t.dtype() != dtype) {
      throw new TensorException(op + ": " + name + " is " + t.dtype() + ", expected " + dtype);
    }
  }

  static void floating(String op, String name, Tensor t) {
    dtype(op, name, t, DType.FLOAT32);
  }

  /** A value that networks pass on: float32, or bfloat16 where they compute in it. */
  static void activation(String op, String name, Tensor t) {
    activation(op, name, t.dtype());
  }

  /** The type of such a value. */
  static void activation(String op, String name, DType type) {
    if (type != DType.FLOAT32 && type != DType.BFLOAT16) {
      throw new TensorException(
          op + ": " + name + " is " + type + ", expected FLOAT32 or BFLOAT16");
    }
  }

  /** {@code t} has the element type of {@code other}; {@code t} may be null. */
  static void sameType(String op, String name, Tensor t, String otherName, Tensor other) {
    if (t != null && t.dtype() != other.dtype()) {
      throw new TensorException(
          "%s: %s is %s but %s is %s; cast one of them"
              .formatted(op, name, t.dtype(), otherName, other.dtype()));
    }
  }

  static void shape(String op, String name, Tensor t, Shape expected) {
    if (!t.shape().equals(expected)) {
      throw new TensorException(op + ": " + name + " is " + t.shape() + ", expected " + expected);
    }
  }

  static void sameShape(String op, String name, Tensor t, String otherName, Tensor other) {
    if (!t.shape().equals(other.shape())) {
      throw new TensorException(
          op
              + ": "
              + name
              + " "
              + t.shape()
              + " and "
              + otherName
              + " "
              + other.shape()
              + " differ");
    }
  }

  /** A float32 tensor of shape {@code [channels]}. */
  static void perChannel(String op, String name, Tensor t, int channels) {
    floating(op, name, t);
    if (t.shape().rank() != 1 || t.shape().dim(0) != channels) {
      shape(op, name, t, Shape.of(channels));
    }
  }

  /** A float32 tensor {@code [N,H,W,C]}. */
  static void image(String op, String name, Tensor t) {
    floating(op, name, t);
    rank(op, name, t, 4);
  }

  /** A tensor {@code [N,H,W,C]} of float32 or bfloat16, with channels. */
  static void activationImage(String op, String name, Tensor t) {
    activation(op, name, t);
    rank(op, name, t, 4);
    channels(op, name, t);
  }

  /** Of no channels there is nothing to compute, and their number is divided by. */
  static void channels(String op, String name, Tensor t) {
    require(
        t.shape().rank() >= 1 && t.shape().dim(-1) > 0,
        op,
        "%s %s has no channels",
        name,
        t.shape());
  }

  /** Counts of pixels are 32-bit numbers. */
  static void countable(String op, long pixels) {
    require(
        pixels <= Integer.MAX_VALUE,
        op,
        "%d pixels are too many to be counted at once; give it fewer images at a time",
        pixels);
  }

  static void sameDevice(String op, Tensor first, Tensor... others) {
    for (Tensor t : others) {
      if (t != null && !t.device().equals(first.device())) {
        throw new TensorException(
            op + ": tensors on " + first.device() + " and " + t.device() + "; move one of them");
      }
    }
  }
}
