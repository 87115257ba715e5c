/**
 * Figures of the running program, shared by health, metrics and reports.
 * May use yamlroutes and what is below it.
 * Read {@link io.tapsentinel.monitoring.Figures} first.
 */
package io.tapsentinel.monitoring;
