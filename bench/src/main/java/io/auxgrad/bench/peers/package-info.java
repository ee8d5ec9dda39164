/** Our side of the comparison with other engines: see {@code bench/peers/compare.py}. */
package io.auxgrad.bench.peers;
