/** Multi-task dense prediction with auxiliary learning. */
package io.auxgrad.mtl;
