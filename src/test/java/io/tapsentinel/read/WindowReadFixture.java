package io.tapsentinel.read;

import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.plan.Coverage;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** One read with a real store; the test plays the splitter. */
public final class WindowReadFixture implements AutoCloseable {

    static final EventType TYPE = EventType.MESSAGES_BLOCKED;
    public static final Supplier<String> NO_CAUSE = () -> "a step is to blame";
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    static final TimeRange WINDOW = new TimeRange(NOW.minusSeconds(3_660), NOW.minusSeconds(60));
    /** The time of all events of {@link Events}. */
    static final Instant EVENT_TIME = Instant.parse("2026-11-20T10:00:00Z");

    final MovableClock clock = new MovableClock(NOW);
    final AtomicBoolean stopping = new AtomicBoolean();
    final List<LedgerEntry> committed = new ArrayList<>();
    final SeenKeys seen;
    private final Store store;

    WindowReadFixture(Path folder) {
        store = TestDatabase.open(folder.resolve("state/tap.db"));
        seen = new SeenKeys(store, 1_000, clock);
    }

    /** A read for which new events before this time are late. */
    WindowRead read(Instant lateBefore) {
        Coverage covered = lateBefore == Instant.MIN
                ? Coverage.NONE
                : new Coverage(List.of(new TimeRange(EVENT_TIME.minusSeconds(60), lateBefore)), Duration.ZERO);
        ReadState state = new ReadState(store, clock) {
            @Override
            public void commitBacklog(LedgerEntry entry, InTransaction also) {
                store.transaction(connection -> {
                    also.in(connection);
                    return null;
                });
                committed.add(entry);
            }
        };
        return new WindowRead(new DueRead.Backlog(WINDOW, covered, state), NOW, seen, stopping::get);
    }

    /** Takes events with these ids from the answer without settling them. */
    static List<TapEvent> handOut(WindowRead read, String... ids) {
        List<TapEvent> handed = new ArrayList<>();
        read.events(List.of(ids).stream().map(WindowReadFixture::event).iterator())
                .forEachRemaining(handed::add);
        return handed;
    }

    /** Takes events with these ids from the answer and settles them with this outcome. */
    static List<TapEvent> settle(WindowRead read, Outcome outcome, String... ids) {
        List<TapEvent> events = handOut(read, ids);
        events.forEach(event -> {
            BrokenEventLife.put(event, outcome);
            read.settled(event, null, NO_CAUSE);
        });
        return events;
    }

    static TapEvent event(String id) {
        return Events.event(TYPE, id);
    }

    @Override
    public void close() {
        store.close();
    }
}
