package io.tapsentinel.route;

import io.tapsentinel.sentinel.RejectedRecord;
import io.tapsentinel.tap.EventIdentity;
import io.tapsentinel.tap.EventKey;
import io.tapsentinel.tap.Outcome;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
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
    private final Set<EventKey> stored = new LinkedHashSet<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private String stream;
    private boolean failed;

    UnknownEvents(UnknownTypes types, WindowRead read) {
        this.types = types;
        this.read = read;
    }

    @Override
    public void accept(String array, Map<String, Object> fields) {
        String name = types.noticed(array);
        if (failed) {
            return;
        }
        try {
            if (!name.equals(stream) || stored.size() == KEYS_AT_ONCE) {
                flush();
                stream = name;
            }
            EventKey key = EventIdentity.of(array, fields);
            if (stored.contains(key) || types.seen.isKnown(name, key)) {
                read.passedOver(name, Outcome.DUPLICATE);
                return;
            }
            types.rejected.store(new RejectedRecord(
                    RejectedRecord.Reason.UNKNOWN_TYPE, array, null, key, types.clock.instant(), null, fields));
            stored.add(key);
            read.passedOver(name, Outcome.REJECTED);
            counts.merge(name, 1, Integer::sum);
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
                    "TAP's answer holds events of a type that this program has no table for: {}; they lie at tap.rejected.uri,"
                            + " and a newer program may take them from there (tap.replay.uri)",
                    counts);
            counts.clear();
        }
    }

    private void flush() {
        if (!stored.isEmpty()) {
            types.seen.rejected(stream, stored);
            stored.clear();
        }
    }
}
