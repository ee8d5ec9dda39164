/**
 * The op contract carried out on the processors at hand; found through {@link
 * java.util.ServiceLoader}.
 */
package io.auxgrad.kernels;
