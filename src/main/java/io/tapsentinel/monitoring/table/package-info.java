/**
 * The health table in the workspace.
 * May use monitoring.health and what is below it.
 * Read {@link io.tapsentinel.monitoring.table.HealthTable} first.
 */
package io.tapsentinel.monitoring.table;
