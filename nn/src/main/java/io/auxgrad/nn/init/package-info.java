/** How weights are filled before training. */
package io.auxgrad.nn.init;
