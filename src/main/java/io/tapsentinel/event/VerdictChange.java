package io.tapsentinel.event;

import java.util.Set;

/**
 * An event that was delivered before and that TAP now says something else of.
 *
 * @param event     which one
 * @param verdict   the digest of what TAP says now, see {@link VerdictDigest}
 * @param otherGuid see {@link TapEvent#getOtherGuid}
 * @param kinds     in which respects it differs from what TAP said last; at least one
 */
public record VerdictChange(EventRef event, long verdict, long otherGuid, Set<Kind> kinds) {

    /** What can change. */
    public enum Kind {
        /** The status of a threat: active, cleared, false positive. */
        STATUS,
        /** Which threats there are, or how one is classified. */
        THREAT,
        /** Whether a campaign is known. */
        CAMPAIGN,
        /** Another message has the same id, as its GUID shows. */
        MESSAGE
    }
}
