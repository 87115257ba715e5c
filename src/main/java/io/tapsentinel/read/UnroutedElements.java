package io.tapsentinel.read;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.sentinel.batch.RejectedRecord;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.tap.answer.TapEventReader;
import io.tapsentinel.tap.answer.UnreadableElement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rejects the elements of one read that have no table route: events of unknown types and unreadable elements. Their
 * keys become durable when the window commits, so that the ledger counts them. If the window fails, its next read
 * stores them again under the same names. A failure to store fails the window at its end, after all other events were
 * sent. Holds keys only. Called by the reading thread.
 */
public class UnroutedElements implements TapEventReader.Others {

    /** For answers without such elements. */
    public static final UnroutedElements NONE = new UnroutedElements(null, null);

    private static final Logger LOG = LoggerFactory.getLogger(UnroutedElements.class);
    /** Keys to hold; further ones become durable before the commit. */
    private static final int MOST_KEYS = 10_000;

    /** Elements named in one log line. */
    private static final int NAMED = 5;

    private final Unrouted unrouted;
    private final WindowRead read;
    private final Map<EventKey, String> stored = new LinkedHashMap<>();
    private final TreeMap<String, Integer> counts = new TreeMap<>();
    private final List<String> unreadable = new ArrayList<>();
    private int others;
    private int moreUnreadable;
    private boolean failed;

    UnroutedElements(Unrouted unrouted, WindowRead read) {
        this.unrouted = unrouted;
        this.read = read;
    }

    @Override
    public void unknown(String array, EventKey key, boolean keyedByBytes, Map<String, Object> fields) {
        unrouted.noticed(array);
        if (reject(
                RejectedRecord.unknown(array, key, keyedByBytes, unrouted.clock.instant(), fields),
                LedgerEntry.UNKNOWN)) {
            count(array);
        }
    }

    @Override
    public void unreadable(UnreadableElement element) {
        Optional<EventType> type = EventType.ofArray(element.array());
        String array = type.map(EventType::arrayName).orElse(LedgerEntry.UNKNOWN);
        if (type.isEmpty()) {
            unrouted.noticed(element.array());
        }
        if (reject(RejectedRecord.unreadable(element, unrouted.clock.instant()), array)) {
            read.counts().unreadable(array);
            if (unreadable.size() < NAMED) {
                unreadable.add(element.toString());
            } else {
                moreUnreadable++;
            }
        }
        // a sweep accounts for everything that TAP reports
        type.ifPresent(known -> read.include(new EventRef(known, element.key())));
    }

    /**
     * Stores the element unless that was done before.
     *
     * @return whether it was stored now
     */
    private boolean reject(RejectedRecord record, String array) {
        if (failed) {
            return false;
        }
        try {
            if (stored.size() == MOST_KEYS) {
                unrouted.seen.rejected(stored);
                stored.clear();
            }
            RejectedRecord.Subject of = record.subject();
            if (stored.containsKey(of.key()) || unrouted.seen.durable().contains(of.type(), of.key())) {
                read.counts().passedOver(array, Outcome.DUPLICATE);
                return false;
            }
            unrouted.rejected.store(record);
            stored.put(of.key(), of.type());
            read.counts().passedOver(array, Outcome.REJECTED);
            return true;
        } catch (RuntimeException e) {
            failed = true;
            read.failures().atTheEnd(e);
            return false;
        }
    }

    /** The answer has ended. Logs what was stored, one line per kind. */
    void end() {
        if (!counts.isEmpty()) {
            LOG.warn(
                    "unknown types of events: {}{}; stored at tap.rejected.uri."
                            + " A newer version may have tables for them: move the documents to tap.replay.uri then",
                    counts,
                    others == 0 ? "" : " and " + others + " of other types");
            counts.clear();
            others = 0;
        }
        int count = unreadable.size() + moreUnreadable;
        if (count > 0) {
            LOG.warn(
                    "{} cannot be read: {}{}; stored at tap.rejected.uri."
                            + " To deliver one, put the corrected event into its document as \"record\" and move the document to tap.replay.uri",
                    HumanText.count(count, "element"),
                    String.join(", ", unreadable),
                    moreUnreadable == 0 ? "" : " and " + moreUnreadable + " more");
            unreadable.clear();
            moreUnreadable = 0;
        }
    }

    private void count(String array) {
        counts.merge(array, 1, Integer::sum);
        if (counts.size() > Unrouted.NAMED) {
            others += counts.pollLastEntry().getValue();
        }
    }

    /** Part of the transaction that commits the read. */
    void commit(Connection connection) throws SQLException {
        if (!stored.isEmpty()) {
            unrouted.seen.rejected(connection, stored);
        }
    }

    /** Call it after that transaction. */
    void committed() {
        if (!stored.isEmpty()) {
            unrouted.seen.rememberRejected(stored);
            stored.clear();
        }
    }
}
