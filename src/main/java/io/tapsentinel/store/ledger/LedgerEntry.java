package io.tapsentinel.store.ledger;

import io.tapsentinel.tap.plan.TimeRange;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * One committed read.
 *
 * @param readAt time of the request to TAP
 * @param counts events by the name of their array in TAP's answer, or {@link #UNKNOWN}, and by {@link LedgerCount#word()},
 *               {@link Lag#word()} or {@link LedgerCount#filteredBy}
 */
public record LedgerEntry(Instant readAt, TimeRange window, Purpose purpose, Map<String, Map<String, Long>> counts) {

    /** Stands for all unknown event types, whose names are unbounded. */
    public static final String UNKNOWN = "unknown";

    /** Sum over all types. */
    public long total(LedgerCount what) {
        return counts.values().stream()
                .mapToLong(of -> of.getOrDefault(what.word(), 0L))
                .sum();
    }

    /** Why a window was read. */
    public enum Purpose {
        /** The newest window, on schedule. */
        POLL,
        /** Older time, after an outage, a restart or the first start. */
        BACKLOG,
        /** A closed hour again, for rows that TAP indexed late. */
        SWEEP,
        /** Deferred events of one table, from the endpoint of its type. */
        CATCH_UP,
        /** A file at {@code tap.replay.uri}. */
        REPLAY;

        /** The word in the store and in log lines. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The purpose with this word. @throws IllegalArgumentException when there is none */
        public static Purpose of(String word) {
            return valueOf(word.replace('-', '_').toUpperCase(Locale.ROOT));
        }
    }
}
