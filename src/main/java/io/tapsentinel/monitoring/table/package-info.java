/**
 * Tells a table in the workspace how the program does.
 * May use monitoring.health and what is below it.
 * Read {@link io.tapsentinel.monitoring.table.HealthTable} first.
 */
package io.tapsentinel.monitoring.table;
