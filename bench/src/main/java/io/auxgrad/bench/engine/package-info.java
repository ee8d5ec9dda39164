/** Engines that can do the same work: ours and the peers, each alone in its process. */
package io.auxgrad.bench.engine;
