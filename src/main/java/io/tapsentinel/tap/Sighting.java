package io.tapsentinel.tap;

/**
 * One version of an event, as it was read.
 *
 * @param verdict digest of what TAP says of it now, see {@link VerdictDigest}
 */
public record Sighting(EventRef event, long verdict) {}
