/** The ops that are measured one by one, and how our engine runs each. */
package io.auxgrad.bench.ops;
