/** The tasks: what each one predicts, its loss, its metric, and the predictor it has to beat. */
package io.auxgrad.mtl.tasks;
