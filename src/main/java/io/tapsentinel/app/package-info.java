/**
 * Puts the parts together: settings, Camel, routes and what goes with a start and a stop.
 * May use every package but doctor.
 * Read {@link io.tapsentinel.app.Program} first.
 */
package io.tapsentinel.app;
