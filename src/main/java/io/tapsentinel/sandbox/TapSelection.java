package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** The rows that one request returns: those created in its window that are visible at the time of the request and pass its filters. */
final class TapSelection {

    private final SandboxEvents events;
    private final TapQuery query;
    private final List<EventType> types;
    private final Instant now;

    TapSelection(SandboxEvents events, TapQuery query, List<EventType> types, Instant now) {
        this.events = events;
        this.query = query;
        this.types = types;
        this.now = now;
    }

    List<EventType> types() {
        return types;
    }

    TapWindow window() {
        return query.window();
    }

    Instant now() {
        return now;
    }

    boolean selects(SandboxEvent event) {
        return query.window().contains(event.created())
                && !event.visibleAt().isAfter(now)
                && types.contains(event.type())
                && event.matches(query.statuses());
    }

    /** The types of which at least one row is selected. Ends early: most windows show all types in their first seconds. */
    Set<EventType> present() {
        Set<EventType> present = EnumSet.noneOf(EventType.class);
        Iterator<SandboxEvent> all =
                events.between(query.window().from(), query.window().to());
        while (all.hasNext() && present.size() < types.size()) {
            SandboxEvent event = all.next();
            if (!present.contains(event.type()) && selects(event)) {
                present.add(event.type());
            }
        }
        return present;
    }

    /** Visits the selected rows of one type in random order: the window's seconds are shuffled, and the rows within each second. */
    void shuffled(EventType type, SplittableRandom random, RowVisitor visitor) throws IOException {
        long first = query.window().from().getEpochSecond();
        int seconds = (int) (query.window().to().getEpochSecond() - first) + 1;
        for (int second : Shuffling.order(seconds, random)) {
            SandboxEvent[] rows =
                    Shuffling.shuffle(events.createdIn(first + second).toArray(new SandboxEvent[0]), random);
            for (SandboxEvent row : rows) {
                if (row.type() == type && selects(row)) {
                    visitor.visit(row);
                }
            }
        }
    }

    /** Takes one row of an answer. */
    interface RowVisitor {
        void visit(SandboxEvent row) throws IOException;
    }
}
