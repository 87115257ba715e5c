/**
 * The figures of a store as text, for the commands.
 * May use monitoring and what is below it.
 * Read {@link io.tapsentinel.report.Status} first.
 */
package io.tapsentinel.report;
