package io.auxgrad.mtl.run;

import java.nio.file.Path;

/**
 * A checkpoint on disk whose files have been found whole.
 *
 * @param progress where the training stood
 * @param tensors the safetensors file with all tensors
 */
public record Checkpoint(Progress progress, Path tensors) {}
