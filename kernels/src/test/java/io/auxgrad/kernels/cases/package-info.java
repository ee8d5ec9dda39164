/**
 * One declarative case per op: its forward result against a plain float64 reference, its gradients
 * against finite differences of that reference, odd sizes, guard zones and speed, on every backend.
 */
package io.auxgrad.kernels.cases;
