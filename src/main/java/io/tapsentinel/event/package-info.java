/**
 * What an event is, what makes two the same, and how it may end.
 * May use config and process.
 * Read {@link io.tapsentinel.event.TapEvent} first.
 */
package io.tapsentinel.event;
