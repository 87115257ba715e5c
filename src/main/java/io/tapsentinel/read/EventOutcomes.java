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
 * Counts the settled and deferred events of one read and collects what its commit makes durable. Holds no event content.
 * {@link WindowRead} guards it by its lock until the events are verified; then the committing thread owns it.
 */
final class EventOutcomes {

    /** Sightings per write. */
    private static final int SIGHTINGS = 1_000;

    private final DueRead due;
    private final WindowCounts counts;
    private final SeenKeys seen;
    private final List<Sighting> onlyReserved = new ArrayList<>();
    private final List<Sighting> sighted = new ArrayList<>();
    private final Set<VerdictChange> changes = new LinkedHashSet<>();
    /** Events filtered for the first time by this read. */
    private final HourKeys filtered = new HourKeys();
    /** Events whose table is suspended. */
    private final HourKeys deferred = new HourKeys();

    private volatile int newlyDeferred;

    EventOutcomes(DueRead due, WindowCounts counts, SeenKeys seen) {
        this.due = due;
        this.counts = counts;
        this.seen = seen;
    }

    /** Adds a settled or deferred event. */
    void add(TapEvent event) {
        switch (event.getOutcome()) {
            case FILTERED -> addFiltered(event);
            case DEFERRED -> {
                // its key is released, so a second copy in this answer is deferred too; it counts as a duplicate
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

    /** Counts a filtered event the first time it is read. The comparison of its hour ignores it. */
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

    /** Whether the event was skipped as a duplicate of one that is deferred, which defers it too. */
    boolean isDeferred(Sighting skipped) {
        return deferred.contains(skipped.event()) && !seen.durable().isDone(skipped);
    }

    /**
     * Checks that every event skipped as a duplicate of a reserved one has been delivered.
     *
     * @param isDeferred whether a skipped event is deferred instead
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

    /**
     * Records which known events were seen again, which extends how long their keys are kept. Call it after {@link
     * #verify}.
     */
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

    /** Makes the deferred events durable in the same transaction. Call it after {@link #commit}. */
    void defer(Connection connection) throws SQLException {
        newlyDeferred = seen.deferrals().deferred(connection, due.window(), deferred);
    }

    /** Call it after that transaction. */
    void committed() {
        seen.rememberFiltered(filtered);
    }

    /** Events that this read was the first to defer. */
    int newlyDeferred() {
        return newlyDeferred;
    }
}
