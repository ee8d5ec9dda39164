/** What is measured, apart from how: networks, batches, a training step, an inference pass. */
package io.auxgrad.bench.work;
