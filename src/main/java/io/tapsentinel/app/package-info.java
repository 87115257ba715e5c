/**
 * Assembles a run: settings, Camel, routes, start and stop.
 * May use every package but doctor.
 * Read {@link io.tapsentinel.app.Program} first.
 */
package io.tapsentinel.app;
