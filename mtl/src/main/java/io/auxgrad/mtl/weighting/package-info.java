/** How the losses of several tasks become one. */
package io.auxgrad.mtl.weighting;
