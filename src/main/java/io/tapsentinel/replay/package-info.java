/**
 * Replays answers and records from a folder through the routes.
 * May use read and what is below it.
 * Read {@link io.tapsentinel.replay.Replay} first.
 */
package io.tapsentinel.replay;
