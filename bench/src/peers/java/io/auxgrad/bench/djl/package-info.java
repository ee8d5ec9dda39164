/** libtorch as a peer, through the Deep Java Library. */
package io.auxgrad.bench.djl;
