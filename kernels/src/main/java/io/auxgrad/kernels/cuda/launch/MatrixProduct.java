package io.auxgrad.kernels.cuda.launch;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.MathMode;

/**
 * {@code op(a) op(b)}, all row-major: {@code [rows,depth] x [depth,columns] -> [rows,columns]},
 * where {@code op} transposes what is stored the other way round.
 *
 * @param batches of products, one behind the other
 * @param factors the type of both factors
 * @param result float32, or the type of the factors
 * @param math what float32 is multiplied as
 */
public record MatrixProduct(
    int batches,
    int rows,
    int columns,
    int depth,
    boolean transposeA,
    boolean transposeB,
    DType factors,
    DType result,
    MathMode math) {}
