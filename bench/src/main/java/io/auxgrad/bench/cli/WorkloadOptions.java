package io.auxgrad.bench.cli;

import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.nn.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which network works on what. */
final class WorkloadOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      defaultValue = "mobilenetv2",
      description = "Default: mobilenetv2.")
  private String network;

  @Option(
      names = "--precision",
      paramLabel = "fp32|tf32|bf16",
      defaultValue = "fp32",
      description = "Default: fp32.")
  private Precision precision;

  @Option(
      names = "--size",
      paramLabel = "NxHxW",
      defaultValue = "4x120x160",
      description = "Images, rows, columns; default: 4x120x160.")
  private String size;

  Workload workload() {
    try {
      return Workload.of(NetworkKind.of(network), precision, size);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  void requirePositive(String option, int value) {
    if (value < 1) {
      throw new ParameterException(spec.commandLine(), option + " " + value + " must be 1 or more");
    }
  }
}
