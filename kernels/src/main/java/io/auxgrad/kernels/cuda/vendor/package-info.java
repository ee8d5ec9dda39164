/** Convolutions by cuDNN and products of matrices by cuBLAS, through JCuda. */
package io.auxgrad.kernels.cuda.vendor;
