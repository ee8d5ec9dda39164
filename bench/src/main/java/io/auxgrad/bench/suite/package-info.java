/** The JMH benchmarks, and which of them make up a suite. */
package io.auxgrad.bench.suite;
