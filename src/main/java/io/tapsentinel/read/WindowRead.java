package io.tapsentinel.read;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.StreamCache;

/**
 * One read of one window: hands out its events, takes back what became of each, and decides at the end whether the window
 * may commit. It ends the split quietly on the first failure and on a stop, so that the split waits for the events that
 * are parked already; {@link #verify} then throws. Reading happens on one thread at a time, settling under the splitter's
 * lock; both are synchronized here, since they are not the same thread.
 */
public class WindowRead {

    private static final int SIGHTINGS = 1_000;
    private static final List<String> EVERY_STATUS = List.of("active", "cleared", "falsePositive");

    private final DueRead due;
    private final Instant readAt;
    private final SeenKeys seen;
    private final BooleanSupplier stopping;
    private final WindowCounts counts;
    private final List<Sighting> onlyReserved = new ArrayList<>();
    private final List<Sighting> sighted = new ArrayList<>();
    private final Set<VerdictChange> changes = new LinkedHashSet<>();
    /** Events that no read before this one has filtered. */
    private final HourKeys filtered = new HourKeys();
    /** Events whose table is suspended. */
    private final HourKeys deferred = new HourKeys();
    /** How many of them no earlier read had deferred. */
    private volatile int newlyDeferred;

    private Throwable failure;
    private Supplier<String> likely;
    private RuntimeException notRejected;
    private final AnswerSize answer = new AnswerSize();
    private AnswerArchive.Copy copy = AnswerArchive.Copy.NONE;
    private Consumer<StreamCache> beforeReading = body -> {};
    private UnroutedElements unrouted = UnroutedElements.NONE;
    private boolean exhausted;
    private volatile boolean committed;
    private int failed;

    /** @param stopping whether to end at the next event, uncommitted */
    public WindowRead(DueRead due, Instant readAt, SeenKeys seen, BooleanSupplier stopping) {
        this.due = due;
        this.readAt = readAt;
        this.seen = seen;
        this.stopping = stopping;
        this.counts = new WindowCounts(
                due.covered(), event -> seen.filteredBefore(event).isPresent(), readAt);
    }

    /** What is read, and why. */
    DueRead due() {
        return due;
    }

    public TimeRange window() {
        return due.window();
    }

    /** Which threats to ask for: all when one type is read, since an event may have turned false positive; else the usual ones. */
    List<String> threatStatus(List<String> usual) {
        return due.ofOneTable() == null ? usual : EVERY_STATUS;
    }

    /** A copy of the answer was written. */
    synchronized void copied(AnswerArchive.Copy written) {
        copy = written;
    }

    /** The read has ended, committed or not: its copy is kept when something of it was new. */
    synchronized void endCopy() {
        copy.end(counts.brought() > 0 || committed && newlyDeferred > 0);
    }

    Instant readAt() {
        return readAt;
    }

    /** From now on this is called with an answer that is here as a whole, before anything of it is read. */
    void beforeReading(Consumer<StreamCache> action) {
        beforeReading = action;
    }

    /** The answer is here. @throws RejectedException when it has to be stored first, and cannot */
    void begin(StreamCache body) {
        beforeReading.accept(body);
    }

    /** When the answer came, and how long it is. */
    public AnswerSize answer() {
        return answer;
    }

    /** The answer has no event more than were handed out. */
    synchronized void exhausted() {
        exhausted = true;
    }

    /** The events to split. */
    public Iterator<TapEvent> events(Iterator<TapEvent> answer) {
        return events(answer, UnroutedElements.NONE);
    }

    /** The same for an answer some of whose elements no route takes. */
    public Iterator<TapEvent> events(Iterator<TapEvent> answer, UnroutedElements others) {
        unrouted = others;
        return new WindowEvents(this, answer, others);
    }

    /**
     * Takes back one event whose exchange has ended.
     *
     * @param cause what may have happened to it, when neither outcome nor exception tells; asked once, after the last event,
     *              if the window fails for this one; null for nothing to add
     */
    public synchronized void settled(TapEvent event, Exception exception, Supplier<String> cause) {
        Outcome outcome = event.getOutcome();
        if (outcome == Outcome.DEFERRED) {
            deferred(event);
            return;
        }
        if (exception != null || !outcome.isSettled()) {
            // idempotentConsumer with removeOnFailure: false leaves it to us
            EventLife.advance(event, Outcome.RESERVED, Outcome.RELEASED);
            failed++;
            if (failure == null) {
                likely = cause;
            }
            fail(
                    exception == null
                            ? new WindowFailedException(
                                    event.getType().routeId() + " ended without delivering " + event)
                            : FatalErrors.isOfAStep(exception)
                                    ? new WindowFailedException(SafeMessage.of(exception))
                                    : exception);
            return;
        }
        if (outcome == Outcome.FILTERED) {
            // nobody misses it in its hour
            filtered(event);
            return;
        }
        counts.ended(event);
        each(event.ref());
        if (outcome == Outcome.DUPLICATE_OF_RESERVED) {
            onlyReserved.add(Sighting.of(event));
        } else if (outcome == Outcome.DUPLICATE) {
            sighted(Sighting.of(event));
        }
    }

    /** Its key is free again, so that the same event may stand here twice. */
    private void deferred(TapEvent event) {
        counts.ended(
                event.getType().arrayName(),
                deferred.add(event.ref()) ? Outcome.DEFERRED : Outcome.DUPLICATE_OF_RESERVED);
        each(event.ref());
    }

    /** Counts it as filtered the first time that it is read. */
    private void filtered(TapEvent event) {
        String array = event.getType().arrayName();
        Optional<Sighting> before = seen.filteredBefore(event);
        if (before.isPresent()) {
            counts.ended(array, Outcome.DUPLICATE);
            sighted(before.get());
        } else if (filtered.add(event.ref())) {
            counts.ended(event);
        } else {
            counts.ended(array, Outcome.DUPLICATE_OF_RESERVED);
        }
    }

    private void sighted(Sighting sighting) {
        sighted.add(sighting);
        if (sighted.size() == SIGHTINGS) {
            writeSightings();
        }
    }

    /**
     * The commit guard: every event that was read has a final outcome, and nothing is left to send of those that were skipped
     * because their key was reserved. One that stood there with two verdicts gets its second row when the window is read again.
     *
     * @throws WindowFailedException when the window has to be read again
     */
    synchronized void verify() {
        if (failure != null) {
            throw new WindowFailedException(
                    SafeMessage.of(failure)
                            + (likely == null ? "" : ": " + likely.get())
                            + (failed > 1 ? " (" + failed + " events)" : ""),
                    failure);
        }
        if (notRejected != null) {
            throw new WindowFailedException(SafeMessage.of(notRejected), notRejected);
        }
        if (due.purpose() == Purpose.REPLAY && isDeferred()) {
            throw new WindowFailedException(counts.deferred() + " of its events are deferred");
        }
        onlyReserved.removeIf(this::isDeferred);
        for (Sighting skipped : onlyReserved) {
            if (!seen.isDone(skipped)) {
                throw new WindowFailedException(
                        "one of " + skipped.event().type().arrayName()
                                + " was skipped while its key was reserved, and was not delivered");
            }
        }
        counts.verify();
        if (!exhausted) {
            throw new WindowFailedException(
                    "the answer was not read to its end: a route, or a routeConfiguration, put something else in its place");
        }
        writeSightings();
        for (int from = 0; from < onlyReserved.size(); from += SIGHTINGS) {
            List<Sighting> some = onlyReserved.subList(from, Math.min(onlyReserved.size(), from + SIGHTINGS));
            sighted(some, LedgerCount.DUPLICATE_INSIDE);
        }
    }

    /** Whether it was skipped for an event that is deferred, and so is deferred with it. */
    public boolean isDeferred(Sighting skipped) {
        return deferred.contains(skipped.event()) && !seen.isDone(skipped);
    }

    /** Part of the transaction that commits the read: what it deferred is durable. */
    void defer(Connection connection) throws SQLException {
        newlyDeferred = seen.deferrals().deferred(connection, due.window(), deferred);
    }

    /** Verifies, then makes the read durable. */
    public void commit() {
        verify();
        // what is counted once counts when the row that counts it is durable, else it would be overlooked the next time
        due.commit(entry(), connection -> {
            seen.noticed(connection, changes);
            seen.filtered(connection, filtered);
            unrouted.commit(connection);
            defer(connection);
        });
        seen.rememberFiltered(filtered);
        unrouted.committed();
        committed = true;
    }

    /**
     * Why it did not commit; null when it did. An exchange can end well without having come that far.
     *
     * @param ofTheExchange what its exchange ended with; null when that ended well
     */
    public Throwable failure(Throwable ofTheExchange) {
        return ofTheExchange != null || committed
                ? ofTheExchange
                : new WindowFailedException(
                        "a route ended it before its commit:" + " stop, or a failure that is handled, in tap-fetch");
    }

    /** Whether the table of some of its events is suspended. */
    public boolean isDeferred() {
        return deferred() > 0;
    }

    /** How many events that is. */
    public synchronized long deferred() {
        return counts.deferred();
    }

    /** What to write into the ledger. */
    public synchronized LedgerEntry entry() {
        return new LedgerEntry(readAt, due.window(), due.purpose(), counts.byArray());
    }

    /** The counts of all types in one line. */
    public synchronized String summary() {
        return counts.toString();
    }

    /** How many of {@link #fetched} lie at {@code tap.rejected.uri} now. */
    public synchronized long rejected() {
        return counts.rejected();
    }

    /** How many events were handed out. */
    public synchronized long fetched() {
        return counts.fetched();
    }

    /** Counts an element of this array that no route takes. */
    synchronized void passedOver(String array, Outcome outcome) {
        counts.fetched(array);
        counts.ended(array, outcome);
    }

    /** Counts one that was rejected as one that cannot be read. */
    synchronized void unreadable(String array) {
        counts.unreadable(array);
    }

    /** An element is settled in the store when the read has committed. */
    synchronized void each(EventRef element) {
        due.include(element);
    }

    /** The window may not commit, but there is no need to end before its other events were delivered. */
    synchronized void failAtTheEnd(RuntimeException reason) {
        if (notRejected == null) {
            notRejected = reason;
        }
    }

    synchronized void fail(Throwable reason) {
        // the first one tells most, but an Error ends the process
        if (failure == null
                || FatalErrors.errorIn(failure).isEmpty()
                        && FatalErrors.errorIn(reason).isPresent()) {
            failure = reason;
        }
    }

    synchronized boolean hasFailed() {
        return failure != null;
    }

    /** Whether the program stops, so that the window ends at its next event. */
    boolean isStopping() {
        return stopping.getAsBoolean();
    }

    /** An event was handed out. */
    synchronized void handedOut(TapEvent event) {
        counts.fetched(event.getType().arrayName());
    }

    private void writeSightings() {
        if (!sighted.isEmpty()) {
            sighted(sighted, LedgerCount.DUPLICATE);
            sighted.clear();
        }
    }

    private void sighted(List<Sighting> some, LedgerCount countedAs) {
        seen.sighted(some).stream().filter(changes::add).forEach(change -> counts.changed(change, countedAs));
    }
}
