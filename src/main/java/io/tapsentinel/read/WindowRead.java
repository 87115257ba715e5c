package io.tapsentinel.read;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.StreamCache;

/**
 * One read of one window: hands out its events, takes back what became of each, and decides at the end whether the window
 * may commit. It ends the split quietly on the first failure and on a stop, so that the split waits for the events that
 * are parked already; {@link #verify} then throws. Reading happens on one thread at a time, settling under the splitter's
 * lock, which are not the same thread: outcomes are guarded here, counts and failures by themselves.
 */
public class WindowRead {

    private static final List<String> EVERY_STATUS = List.of("active", "cleared", "falsePositive");

    private final DueRead due;
    private final Instant readAt;
    private final BooleanSupplier stopping;
    private final WindowCounts counts;
    private final EventOutcomes outcomes;

    private final ReadFailures failures = new ReadFailures();
    private final AnswerSize answer = new AnswerSize();
    private AnswerArchive.Copy copy = AnswerArchive.Copy.NONE;
    private Consumer<StreamCache> beforeReading = body -> {};
    private UnroutedElements unrouted = UnroutedElements.NONE;
    private boolean exhausted;
    private volatile boolean committed;

    /** @param stopping whether to end at the next event, uncommitted */
    public WindowRead(DueRead due, Instant readAt, SeenKeys seen, BooleanSupplier stopping) {
        this.due = due;
        this.readAt = readAt;
        this.stopping = stopping;
        this.counts = new WindowCounts(
                due.covered(), event -> seen.durable().filteredBefore(event).isPresent(), readAt);
        this.outcomes = new EventOutcomes(due, counts, seen);
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
    synchronized void setCopy(AnswerArchive.Copy written) {
        copy = written;
    }

    /** The read has ended, committed or not: its copy is kept when something of it was new. */
    synchronized void endCopy() {
        copy.end(counts.brought() > 0 || committed && outcomes.newlyDeferred() > 0);
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
    synchronized void markExhausted() {
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
        if (outcome == Outcome.DEFERRED || exception == null && outcome.isSettled()) {
            outcomes.add(event);
            return;
        }
        // idempotentConsumer with removeOnFailure: false leaves it to us
        EventLife.advance(event, Outcome.RESERVED, Outcome.RELEASED);
        failures.add(event, exception, cause);
    }

    /**
     * The commit guard: every event that was read has a final outcome, and nothing is left to send of those that were skipped
     * because their key was reserved. One that stood there with two verdicts gets its second row when the window is read again.
     *
     * @throws WindowFailedException when the window has to be read again
     */
    synchronized void verify() {
        failures.verify();
        if (due.purpose() == Purpose.REPLAY && counts.deferred() > 0) {
            throw new WindowFailedException("events that are deferred: " + counts.deferred());
        }
        outcomes.verify(this::isDeferred);
        counts.verify();
        if (!exhausted) {
            throw new WindowFailedException(
                    "the answer was not read to its end: a route or a routeConfiguration replaced it");
        }
        outcomes.writeSightings();
    }

    /** Whether it was skipped for an event that is deferred, and so is deferred with it. */
    public boolean isDeferred(Sighting skipped) {
        return outcomes.isDeferred(skipped);
    }

    /** Part of the transaction that commits the read: what it deferred is durable. */
    void defer(Connection connection) throws SQLException {
        outcomes.defer(connection);
    }

    /** Verifies, then makes the read durable. */
    public void commit() {
        verify();
        // what is counted once counts when the row that counts it is durable, else it would be overlooked the next time
        due.commit(entry(), connection -> {
            outcomes.commit(connection);
            unrouted.commit(connection);
            defer(connection);
        });
        outcomes.committed();
        unrouted.committed();
        committed = true;
    }

    /** Why it did not commit, though its exchange may have ended well; null when it did. @param ofTheExchange what its exchange ended with; null when that ended well */
    public Throwable failure(Throwable ofTheExchange) {
        return ofTheExchange != null || committed
                ? ofTheExchange
                : new WindowFailedException(
                        "a route ended it before its commit: tap-fetch has a stop or handles a failure");
    }

    /** What to write into the ledger. */
    public synchronized LedgerEntry entry() {
        return new LedgerEntry(readAt, due.window(), due.purpose(), counts.byArray());
    }

    /** How many events were handed out, and what became of them. */
    public WindowCounts counts() {
        return counts;
    }

    /** An element is settled in the store when the read has committed. */
    synchronized void include(EventRef element) {
        due.include(element);
    }

    /** Why it may not commit. */
    ReadFailures failures() {
        return failures;
    }

    /** Whether the program stops, so that the window ends at its next event. */
    boolean isStopping() {
        return stopping.getAsBoolean();
    }
}
