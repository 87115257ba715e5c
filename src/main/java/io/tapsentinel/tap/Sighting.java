package io.tapsentinel.tap;

/**
 * An event that was read again after its delivery.
 *
 * @param verdict digest of what TAP says of it now, see {@link VerdictDigest}
 */
public record Sighting(EventRef event, long verdict) {
}
