/**
 * Brings in answers and records that lie in a folder, by the way of every event.
 * May use read and what is below it.
 * Read {@link io.tapsentinel.replay.Replay} first.
 */
package io.tapsentinel.replay;
