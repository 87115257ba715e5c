package io.tapsentinel.store.ledger;

import java.util.Locale;
import java.util.Optional;

/** What the ledger counts of each read and type. Every fetched event has one outcome; the rest says more of some of them. */
public enum LedgerCount {
    /** Events in the answer: the sum of all outcomes. */
    FETCHED(false),
    /** Acknowledged by Sentinel for the first time. */
    NEW(true),
    /** Settled by an earlier read: delivered or rejected as it is, or filtered then and now. */
    DUPLICATE(true),
    /** The same event as an earlier one of this answer. */
    DUPLICATE_INSIDE(true),
    /** Dropped by a route on purpose, the first time that it was read. */
    FILTERED(true),
    /** Delivered before with another verdict or GUID, whether the new one is sent ({@code tap.updates}) or not. */
    CHANGED(true),
    /** Stored at {@code tap.rejected.uri}. */
    REJECTED(true),
    /** Not sent, since their table is suspended; they are read again and sent later. */
    DEFERRED(true),
    /** Rejected ones that cannot be read. */
    UNREADABLE(false),
    /** New ones whose time was read before, while no earlier read had them. */
    LATE(false),
    /** Changed ones with another status of a threat. */
    CHANGED_STATUS(false),
    /** Changed ones with another set of threats. */
    CHANGED_THREAT(false),
    /** Changed ones with a campaign where none was, or the other way round. */
    CHANGED_CAMPAIGN(false),
    /** Changed ones that are another message with the same id. */
    CHANGED_MESSAGE(false);

    private static final String FILTERED_BY = "filtered-by-";

    private final boolean outcome;

    LedgerCount(boolean outcome) {
        this.outcome = outcome;
    }

    /** The word for what one route dropped on purpose: {@code filtered-by-before-clicks-blocked}. */
    public static String filteredBy(String routeId) {
        return FILTERED_BY + routeId;
    }

    /** The route in such a word; empty for every other word. */
    public static Optional<String> filteringRoute(String word) {
        return word.startsWith(FILTERED_BY) ? Optional.of(word.substring(FILTERED_BY.length())) : Optional.empty();
    }

    /** Whether each fetched event counts in exactly one of these. */
    public boolean isOutcome() {
        return outcome;
    }

    /** The word in the store: {@code duplicate-inside}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
