/** What bringing images to a training step costs. */
package io.auxgrad.bench.feeding;
