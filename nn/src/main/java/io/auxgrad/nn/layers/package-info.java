/** The building blocks of networks. Feature maps are {@code [N,H,W,C]}. */
package io.auxgrad.nn.layers;
