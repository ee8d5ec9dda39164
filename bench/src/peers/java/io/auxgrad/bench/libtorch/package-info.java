/** libtorch as a peer, through JavaCPP's binding. */
package io.auxgrad.bench.libtorch;
