/**
 * The commands that report on a store as text.
 * May use monitoring and what is below it.
 * Read {@link io.tapsentinel.report.Status} first.
 */
package io.tapsentinel.report;
