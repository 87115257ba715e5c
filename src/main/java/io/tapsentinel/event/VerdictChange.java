package io.tapsentinel.event;

import java.util.Set;

/**
 * A delivered event whose verdict has changed.
 *
 * @param verdict   the new verdict, see {@link VerdictDigest}
 * @param otherGuid see {@link TapEvent#getOtherGuid}
 * @param kinds     what has changed; at least one
 */
public record VerdictChange(EventRef event, long verdict, long otherGuid, Set<Kind> kinds) {

    /** What has changed. */
    public enum Kind {
        /** A threat's status: active, cleared, false positive. */
        STATUS,
        /** The set of threats or the classification of one. */
        THREAT,
        /** Whether a campaign is known. */
        CAMPAIGN,
        /** Another message with the same id: the GUID differs. */
        MESSAGE
    }
}
