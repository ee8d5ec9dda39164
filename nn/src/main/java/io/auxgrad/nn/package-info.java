/** Modules, parameters, layers, initialisers, optimisers, schedules and state files. */
package io.auxgrad.nn;
