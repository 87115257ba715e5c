package io.tapsentinel.replay;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.process.SafeListeners;
import io.tapsentinel.read.DueRead;
import io.tapsentinel.read.ReadListener;
import io.tapsentinel.read.ReadListener.Effort;
import io.tapsentinel.read.ReadRoutes;
import io.tapsentinel.read.SourceLock;
import io.tapsentinel.read.StopSignal;
import io.tapsentinel.read.Unrouted;
import io.tapsentinel.read.UnroutedElements;
import io.tapsentinel.read.WindowRead;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.answer.TapEventReader;
import io.tapsentinel.tap.plan.Age;
import io.tapsentinel.tap.plan.TapLimits;
import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays one document through the same routes, repositories and commit as a poll. Events delivered before are
 * duplicates, so a document can be replayed again. Progress does not change.
 */
public class Replay {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    private final ReadState state;
    private final ReplayGuard guard;
    private final SeenKeys seen;
    private final Unrouted unrouted;
    private final SourceLock source;
    private final StopSignal stop;
    private final Clock clock;
    private final ReadListener listener;

    /**
     * @param stop     ends the open read at its next event without a commit, and prevents another
     * @param listener told about every attempt, and about a read after its commit
     */
    public Replay(
            ReadState state,
            SeenKeys seen,
            Unrouted unrouted,
            SourceLock source,
            StopSignal stop,
            Clock clock,
            ReadListener listener) {
        this.state = state;
        this.guard = new ReplayGuard(state, clock);
        this.seen = seen;
        this.unrouted = unrouted;
        this.source = source;
        this.stop = stop;
        this.clock = clock;
        this.listener = SafeListeners.safe(ReadListener.class, listener);
    }

    /**
     * Returns when every event has a final outcome.
     *
     * @return false if the program stops first; the document must then be replayed again
     * @throws ReplayRefusedException if it was not replayed, or some records were rejected again
     */
    boolean replay(ReplaySource document, CamelContext camel) {
        ReplayDocument content = ReplayDocument.of(document);
        if (!source.lock()) {
            return false;
        }
        try {
            if (stop.isStopped()) {
                return false;
            }
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            return content.rejected() ? records(document, now, camel) : events(document, content, now, camel);
        } finally {
            source.unlock();
        }
    }

    private WindowRead read(TimeRange window, Instant now, Map<EventKey, String> repaired) {
        return new WindowRead(new DueRead.Replay(window, repaired, state, seen), now, seen, stop::isStopped);
    }

    /** Checks every record before it sends one. */
    private boolean records(ReplaySource document, Instant now, CamelContext camel) {
        Map<EventKey, String> repaired = new HashMap<>();
        try (Stream<Map<String, Object>> records = ReplayDocument.records(document::open)) {
            records.forEach(record -> {
                EventType type = ReplayedRecord.event(record, seen).getType();
                ReplayedRecord.repairedKey(record).ifPresent(key -> repaired.put(key, type.arrayName()));
            });
        }
        WindowRead read = read(new TimeRange(now, now), now, repaired);
        try (Stream<Map<String, Object>> records =
                ReplayDocument.records(() -> read.answer().counted(document.open()))) {
            Iterator<TapEvent> events =
                    records.map(record -> ReplayedRecord.event(record, seen)).iterator();
            return run(document, read, read.events(events), " again", camel);
        }
    }

    private boolean events(ReplaySource document, ReplayDocument content, Instant now, CamelContext camel) {
        Instant end = content.queryEnd();
        // an answer covers at most this window; a document without a time counts as a moment
        TimeRange window =
                end == null ? new TimeRange(now, now) : new TimeRange(end.minus(TapLimits.LONGEST_WINDOW), end);
        if (content.type() != null) {
            guard.requireList(document, content.type());
        } else if (end != null) {
            guard.requireKnown(window);
        }
        WindowRead read = read(window, now, Map.of());
        UnroutedElements others = unrouted.of(read);
        TapEventReader.Body body = () -> read.answer().counted(document.open());
        try (TapEventReader events = content.type() == null
                ? new TapEventReader(body, window.to(), others)
                : TapEventReader.ofList(body, content.type(), now, others)) {
            return run(document, read, read.events(events, others), "", camel);
        } catch (IOException e) {
            throw new ReplayRefusedException("cannot read it: " + SafeMessage.of(e));
        }
    }

    private boolean run(
            ReplaySource document, WindowRead read, Iterator<TapEvent> events, String again, CamelContext camel) {
        Instant start = clock.instant();
        Throwable failure = read.failure(ReadRoutes.send(camel, ReadRoutes.EVENTS, read, events));
        Effort effort = new Effort(
                Age.of(start, clock.instant()), document.file().toFile().length());
        if (failure != null && stop.isStopped()) {
            LOG.info("replay of {} stopped before its commit; the next start replays it", document.name());
            return false;
        }
        if (failure != null) {
            listener.failed(Purpose.REPLAY, effort, ReadListener.NOT_COMMITTED);
            if (read.counts().deferred() > 0 && FatalErrors.errorIn(failure).isEmpty()) {
                throw new ReplayDeferredException(read.counts().deferred());
            }
            if (failure.getCause() instanceof TapAnswerException unreadable) {
                throw new ReplayRefusedException(ReplayDocument.words(unreadable));
            }
            throw new ReplayRefusedException(ReplayDocument.words(failure), failure);
        }
        listener.committed(read.entry(), effort);
        LOG.info(
                "replay of {} committed: {}; {}",
                document.name(),
                read.counts(),
                read.answer().describe(start, clock.instant()));
        if (read.counts().rejected() > 0) {
            throw new ReplayRefusedException(read.counts().rejected() + " of "
                    + HumanText.count(read.counts().fetched(), "record") + " rejected" + again
                    + "; see tap.rejected.uri");
        }
        return true;
    }
}
