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
 * One read of one window: supplies its events, collects their outcomes and decides whether the window may commit. After
 * a failure or a stop it ends the split without an exception, so that the split waits for events in flight; {@link
 * #verify} throws afterwards. One thread reads while another one settles: the outcomes are guarded here, counts and
 * failures guard themselves.
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

    /**
     * The threat statuses to request. A read of one type requests all, since an event may have become a false positive
     * meanwhile.
     */
    List<String> threatStatus(List<String> usual) {
        return due.ofOneTable() == null ? usual : EVERY_STATUS;
    }

    /** The answer was copied. */
    synchronized void setCopy(AnswerArchive.Copy written) {
        copy = written;
    }

    /** The read has ended. Keeps the copy if the answer had anything new. */
    synchronized void endCopy() {
        copy.end(counts.newlySettled() > 0 || committed && outcomes.newlyDeferred() > 0);
    }

    Instant readAt() {
        return readAt;
    }

    /** Sets what to call with a complete answer before it is read. */
    void beforeReading(Consumer<StreamCache> action) {
        beforeReading = action;
    }

    /**
     * The complete answer is here.
     *
     * @throws RejectedException when it must be stored first and cannot be
     */
    void begin(StreamCache body) {
        beforeReading.accept(body);
    }

    /** Arrival and size of the answer. */
    public AnswerSize answer() {
        return answer;
    }

    /** All events of the answer were supplied. */
    synchronized void markExhausted() {
        exhausted = true;
    }

    /** The events to split. */
    public Iterator<TapEvent> events(Iterator<TapEvent> answer) {
        return events(answer, UnroutedElements.NONE);
    }

    /** The events of an answer that also has elements without a table route. */
    public Iterator<TapEvent> events(Iterator<TapEvent> answer, UnroutedElements others) {
        unrouted = others;
        return new WindowEvents(this, answer, others);
    }

    /**
     * Takes an event whose exchange has ended.
     *
     * @param cause guesses what happened to it when outcome and exception do not tell. Called once, after the last
     *     event, if the window fails because of this event. May be null
     */
    public synchronized void settled(TapEvent event, Exception exception, Supplier<String> cause) {
        Outcome outcome = event.getOutcome();
        if (outcome == Outcome.DEFERRED || exception == null && outcome.isSettled()) {
            outcomes.add(event);
            return;
        }
        // idempotentConsumer with removeOnFailure: false does not release the key
        EventLife.advance(event, Outcome.RESERVED, Outcome.RELEASED);
        failures.add(event, exception, cause);
    }

    /**
     * The commit guard: every event has a final outcome, and every event skipped as a duplicate of a reserved one was
     * delivered. If a duplicate has another verdict, the next read of the window sends its second row.
     *
     * @throws WindowFailedException when the window must be read again
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

    /** Whether the event was skipped as a duplicate of one that is deferred, which defers it too. */
    public boolean isDeferred(Sighting skipped) {
        return outcomes.isDeferred(skipped);
    }

    /** Makes the deferred events durable; part of the transaction that commits the read. */
    void defer(Connection connection) throws SQLException {
        outcomes.defer(connection);
    }

    /** Verifies the read, then makes it durable. */
    public void commit() {
        verify();
        // what is counted once must become durable together with the ledger row that counts it
        due.commit(entry(), connection -> {
            outcomes.commit(connection);
            unrouted.commit(connection);
            defer(connection);
        });
        outcomes.committed();
        unrouted.committed();
        committed = true;
    }

    /**
     * Why the read did not commit, even if its exchange ended well; null when it did commit.
     *
     * @param ofTheExchange the exception of the exchange, or null
     */
    public Throwable failure(Throwable ofTheExchange) {
        return ofTheExchange != null || committed
                ? ofTheExchange
                : new WindowFailedException(
                        "a route ended it before its commit: tap-fetch has a stop or handles a failure");
    }

    /** The row for the ledger. */
    public synchronized LedgerEntry entry() {
        return new LedgerEntry(readAt, due.window(), due.purpose(), counts.byArray());
    }

    /** The counts of events and outcomes. */
    public WindowCounts counts() {
        return counts;
    }

    /** The commit will settle this element. */
    synchronized void include(EventRef element) {
        due.include(element);
    }

    /** The reasons why the read may not commit. */
    ReadFailures failures() {
        return failures;
    }

    /** Whether the program is stopping, so that the window ends at its next event. */
    boolean isStopping() {
        return stopping.getAsBoolean();
    }
}
