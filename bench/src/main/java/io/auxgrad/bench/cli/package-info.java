/** The command line of the benchmarks: {@code bench/run} and {@code bench/compare}. */
package io.auxgrad.bench.cli;
