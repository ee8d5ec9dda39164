/** What was measured, as JSON and as tables, and the comparison of two such reports. */
package io.auxgrad.bench.report;
