package io.tapsentinel.store.ledger;

import java.util.Locale;
import java.util.Optional;

/** Counts in the ledger, per read and type. Every fetched event has exactly one outcome; the other counts are subsets. */
public enum LedgerCount {
    /** Events in the answer: the sum of all outcomes. */
    FETCHED(false),
    /** Acknowledged by Sentinel for the first time. */
    NEW(true),
    /** Settled by an earlier read: delivered or rejected unchanged, or filtered then and now. */
    DUPLICATE(true),
    /** Repeated within the answer. */
    DUPLICATE_INSIDE(true),
    /** Dropped by a route on purpose, at the first read. */
    FILTERED(true),
    /** Delivered before with another verdict or GUID; sent again only with {@code tap.updates}. */
    CHANGED(true),
    /** Stored at {@code tap.rejected.uri}. */
    REJECTED(true),
    /** Not sent because the table is suspended; read again and sent later. */
    DEFERRED(true),
    /** Rejected because they are unreadable. */
    UNREADABLE(false),
    /** New, although an earlier read covered their time. */
    LATE(false),
    /** Changed: the status of a threat. */
    CHANGED_STATUS(false),
    /** Changed: the set of threats. */
    CHANGED_THREAT(false),
    /** Changed: whether there is a campaign. */
    CHANGED_CAMPAIGN(false),
    /** Changed: another message with the same id. */
    CHANGED_MESSAGE(false);

    private static final String FILTERED_BY = "filtered-by-";

    private final boolean outcome;

    LedgerCount(boolean outcome) {
        this.outcome = outcome;
    }

    /** The word for events filtered by one route: {@code filtered-by-before-clicks-blocked}. */
    public static String filteredBy(String routeId) {
        return FILTERED_BY + routeId;
    }

    /** The route in such a word; empty for other words. */
    public static Optional<String> filteringRoute(String word) {
        return word.startsWith(FILTERED_BY) ? Optional.of(word.substring(FILTERED_BY.length())) : Optional.empty();
    }

    /** Whether this is an outcome. */
    public boolean isOutcome() {
        return outcome;
    }

    /** The word in the store: {@code duplicate-inside}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
