package io.tapsentinel.route;

import io.tapsentinel.sentinel.RejectedRecord;
import io.tapsentinel.tap.EventIdentity;
import io.tapsentinel.tap.EventKey;
import io.tapsentinel.tap.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the events of unknown types that one read passes, each once. Keys become durable after their records, some
 * hundred in one transaction; whatever is lost in between is stored again in its own place. A failure to store fails the
 * window at its end, so that the known types flow meanwhile. Holds no event; called by the thread that reads.
 */
class UnknownEvents implements BiConsumer<String, Map<String, Object>> {

    /** For an answer without any. */
    static final UnknownEvents NONE = new UnknownEvents(null, null);

    private static final Logger LOG = LoggerFactory.getLogger(UnknownEvents.class);
    private static final int KEYS_AT_ONCE = 500;

    private final UnknownTypes types;
    private final WindowRead read;
    private final Map<EventKey, String> stored = new LinkedHashMap<>();
    private final TreeMap<String, Integer> counts = new TreeMap<>();
    private int others;
    private boolean failed;

    UnknownEvents(UnknownTypes types, WindowRead read) {
        this.types = types;
        this.read = read;
    }

    /** @param array the {@link io.tapsentinel.tap.SafeName} of an array */
    @Override
    public void accept(String array, Map<String, Object> fields) {
        types.noticed(array);
        if (failed) {
            return;
        }
        try {
            if (stored.size() == KEYS_AT_ONCE) {
                flush();
            }
            EventKey key = EventIdentity.of(array, fields);
            if (stored.containsKey(key) || types.seen.isKnown(array, key)) {
                read.passedOver(Outcome.DUPLICATE);
                return;
            }
            types.rejected.store(new RejectedRecord(
                    RejectedRecord.Reason.UNKNOWN_TYPE, array, null, key, types.clock.instant(), null, fields));
            stored.put(key, array);
            read.passedOver(Outcome.REJECTED);
            count(array);
        } catch (RuntimeException e) {
            failed = true;
            read.failAtTheEnd(e);
        }
    }

    /** Nothing more comes; says in one line what was stored. */
    void end() {
        try {
            flush();
        } catch (RuntimeException e) {
            read.failAtTheEnd(e);
        }
        if (!counts.isEmpty()) {
            LOG.warn(
                    "TAP's answer holds events of a type that this program has no table for: {}{}; they lie at"
                            + " tap.rejected.uri, and a newer program may take them from there (tap.replay.uri)",
                    counts,
                    others == 0 ? "" : " and " + others + " of other types");
            counts.clear();
            others = 0;
        }
    }

    private void count(String array) {
        counts.merge(array, 1, Integer::sum);
        if (counts.size() > UnknownTypes.NAMED) {
            others += counts.pollLastEntry().getValue();
        }
    }

    private void flush() {
        if (!stored.isEmpty()) {
            types.seen.rejected(stored);
            stored.clear();
        }
    }
}
