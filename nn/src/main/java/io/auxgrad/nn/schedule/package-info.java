/** Learning rates over time. */
package io.auxgrad.nn.schedule;
