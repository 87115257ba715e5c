package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.SweepPlanner;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowSize;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which reads count for an hour's figures. */
class SweepOrderTest extends StoreFixture {

    private static final Instant SEVEN = NOON.minus(Duration.ofHours(5));
    private static final EventType TYPE = EventType.CLICKS_BLOCKED;

    private Completeness completeness;
    private SweepOrder order;

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        completeness = new Completeness(store);
        ReadState state = new ReadState(store, clock);
        TimeRange read = new TimeRange(SEVEN, NOON);
        state.commitPoll(
                new Plan(Optional.of(read), List.of(), List.of(), new Progress(SEVEN, NOON)),
                new LedgerEntry(NOON, read, Purpose.POLL, Map.of()),
                connection -> {});
        order = new SweepOrder(
                new SweepPlanner(List.of(Duration.ofHours(4))),
                state,
                completeness,
                new SourceState(
                        new TapBackoff(List.of(), Duration.ZERO), new TapClock(clock), new WindowSize(), clock));
        order.begin();
    }

    @Test
    void failedAttemptDoesNotCountForTheHour() {
        DueRead.Sweep failed = order.next().orElseThrow();
        // a false positive that TAP no longer reports at the next attempt
        failed.include(Events.event(TYPE, "gone").ref());
        DueRead.Sweep read = order.next().orElseThrow();
        read.include(Events.event(TYPE, "there").ref());
        read.commit(new LedgerEntry(NOON, read.window(), Purpose.SWEEP, Map.of()), connection -> {});

        assertThat(order.committed()).contains(new TimeRange(SEVEN, SEVEN.plus(Duration.ofHours(1))));
        assertThat(completeness.check(SEVEN))
                .filteredOn(hour -> hour.stream().equals(TYPE.arrayName()))
                .singleElement()
                .satisfies(hour -> assertThat(hour.keys().theirs()).isEqualTo(1));
    }
}
