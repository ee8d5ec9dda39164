/** Reverse-mode differentiation: variables, the tape, and one gradient rule per op. */
package io.auxgrad.autograd;
