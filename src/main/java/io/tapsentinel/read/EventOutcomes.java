package io.tapsentinel.read;

import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.LedgerCount;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The events of one read that are settled or deferred: counts each, and keeps what becomes durable with the read. Holds keys only. For
 * {@link WindowRead}: until the events have been verified under its lock, then on the thread that commits.
 */
final class EventOutcomes {

    /** So many sightings are written at once. */
    private static final int SIGHTINGS = 1_000;

    private final DueRead due;
    private final WindowCounts counts;
    private final SeenKeys seen;
    private final List<Sighting> onlyReserved = new ArrayList<>();
    private final List<Sighting> sighted = new ArrayList<>();
    private final Set<VerdictChange> changes = new LinkedHashSet<>();
    /** Events that no read before this one has filtered. */
    private final HourKeys filtered = new HourKeys();
    /** Events whose table is suspended. */
    private final HourKeys deferred = new HourKeys();

    private volatile int newlyDeferred;

    EventOutcomes(DueRead due, WindowCounts counts, SeenKeys seen) {
        this.due = due;
        this.counts = counts;
        this.seen = seen;
    }

    /** Takes an event that has ended, and not failed. */
    void add(TapEvent event) {
        switch (event.getOutcome()) {
            case FILTERED -> addFiltered(event);
            case DEFERRED -> {
                // its key is free again, so that the same event may stand here twice
                boolean isFirst = deferred.add(event.ref());
                counts.ended(event.getType().arrayName(), isFirst ? Outcome.DEFERRED : Outcome.DUPLICATE_OF_RESERVED);
                due.include(event.ref());
            }
            default -> {
                counts.ended(event);
                due.include(event.ref());
                if (event.getOutcome() == Outcome.DUPLICATE_OF_RESERVED) {
                    onlyReserved.add(Sighting.of(event));
                } else if (event.getOutcome() == Outcome.DUPLICATE) {
                    addSighted(Sighting.of(event));
                }
            }
        }
    }

    /** Counts it as filtered the first time that it is read; its hour is compared without it. */
    private void addFiltered(TapEvent event) {
        String array = event.getType().arrayName();
        Optional<Sighting> before = seen.durable().filteredBefore(event);
        if (before.isPresent()) {
            counts.ended(array, Outcome.DUPLICATE);
            addSighted(before.get());
        } else if (filtered.add(event.ref())) {
            counts.ended(event);
        } else {
            counts.ended(array, Outcome.DUPLICATE_OF_RESERVED);
        }
    }

    private void addSighted(Sighting sighting) {
        sighted.add(sighting);
        if (sighted.size() == SIGHTINGS) {
            write(sighted, LedgerCount.DUPLICATE);
            sighted.clear();
        }
    }

    /** Whether it was skipped for an event that is deferred, and so is deferred with it. */
    boolean isDeferred(Sighting skipped) {
        return deferred.contains(skipped.event()) && !seen.durable().isDone(skipped);
    }

    /**
     * Checks that nothing is left to send of the events that were skipped because their key was reserved.
     *
     * @param isDeferred whether one was skipped for an event that is deferred
     */
    void verify(Predicate<Sighting> isDeferred) {
        onlyReserved.removeIf(isDeferred);
        for (Sighting skipped : onlyReserved) {
            if (!seen.durable().isDone(skipped)) {
                throw new WindowFailedException("an event of "
                        + skipped.event().type().arrayName()
                        + " was skipped as a duplicate of one that was not delivered");
            }
        }
    }

    /** Makes it durable which of the events were known, so that their keys are kept longer; after {@link #verify}. */
    void writeSightings() {
        write(sighted, LedgerCount.DUPLICATE);
        sighted.clear();
        for (int from = 0; from < onlyReserved.size(); from += SIGHTINGS) {
            write(
                    onlyReserved.subList(from, Math.min(onlyReserved.size(), from + SIGHTINGS)),
                    LedgerCount.DUPLICATE_INSIDE);
        }
    }

    private void write(List<Sighting> some, LedgerCount countedAs) {
        if (!some.isEmpty()) {
            seen.sighted(some).stream().filter(changes::add).forEach(change -> counts.changed(change, countedAs));
        }
    }

    /** Part of the transaction that commits the read. */
    void commit(Connection connection) throws SQLException {
        seen.noticed(connection, changes);
        seen.filtered(connection, filtered);
    }

    /** The same for what the read deferred; after {@link #commit}. */
    void defer(Connection connection) throws SQLException {
        newlyDeferred = seen.deferrals().deferred(connection, due.window(), deferred);
    }

    /** To be called after that transaction. */
    void committed() {
        seen.rememberFiltered(filtered);
    }

    /** How many events the read deferred that no earlier one had deferred. */
    int newlyDeferred() {
        return newlyDeferred;
    }
}
