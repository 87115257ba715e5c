/**
 * What is wrong and what to do, as health checks of Camel.
 * May use monitoring and what is below it.
 * Read {@link io.tapsentinel.monitoring.health.ProgramHealthCheck} first.
 */
package io.tapsentinel.monitoring.health;
