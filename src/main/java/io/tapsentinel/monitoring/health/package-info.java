/**
 * Health checks for Camel: problems and what to do about them.
 * May use monitoring and what is below it.
 * Read {@link io.tapsentinel.monitoring.health.ProgramHealthCheck} first.
 */
package io.tapsentinel.monitoring.health;
