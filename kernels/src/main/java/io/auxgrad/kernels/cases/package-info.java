/**
 * What every backend is held against: one declarative case per op and size, with its float64
 * reference. {@link io.auxgrad.kernels.cases.CaseCheck} compares a backend with them, in the tests
 * as on a user's machine.
 */
package io.auxgrad.kernels.cases;
