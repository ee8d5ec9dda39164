/** Where the time of a step goes, op by op, and how far each is from what the machine allows. */
package io.auxgrad.bench.profile;
