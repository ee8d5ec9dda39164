/** Functions of C libraries, called from Java. */
package io.auxgrad.kernels.cpu.foreign;
