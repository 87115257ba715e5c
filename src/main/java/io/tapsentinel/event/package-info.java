/**
 * Events: identity, verdict, time and outcome.
 * May use config and process.
 * Read {@link io.tapsentinel.event.TapEvent} first.
 */
package io.tapsentinel.event;
