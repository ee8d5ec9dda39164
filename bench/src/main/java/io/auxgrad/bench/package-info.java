/** Benchmarks, peers and the papers' tables. */
package io.auxgrad.bench;
