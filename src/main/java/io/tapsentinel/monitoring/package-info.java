/**
 * The figures of a running program, looked at once for all that show them.
 * May use yamlroutes and what is below it.
 * Read {@link io.tapsentinel.monitoring.Figures} first.
 */
package io.tapsentinel.monitoring;
