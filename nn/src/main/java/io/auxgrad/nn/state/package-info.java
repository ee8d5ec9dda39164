/** State on disk: safetensors files, written atomically and read with suspicion. */
package io.auxgrad.nn.state;
