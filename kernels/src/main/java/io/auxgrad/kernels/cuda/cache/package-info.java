/** What can be made again, kept on disk for the next process. */
package io.auxgrad.kernels.cuda.cache;
