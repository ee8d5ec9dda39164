/** The command line: {@code auxgrad train|eval|predict|export|doctor}. */
package io.auxgrad.mtl.cli;
