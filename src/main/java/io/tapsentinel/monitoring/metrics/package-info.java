/**
 * Metrics for Prometheus.
 * May use monitoring.health and what is below it.
 * Read {@link io.tapsentinel.monitoring.metrics.Metrics} first.
 */
package io.tapsentinel.monitoring.metrics;
