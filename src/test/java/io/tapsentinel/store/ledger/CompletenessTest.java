package io.tapsentinel.store.ledger;

import static io.tapsentinel.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Figures of swept hours and gaps in the store, and how long they are kept. */
class CompletenessTest extends StoreFixture {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Instant HOUR = Instant.parse("2026-11-20T07:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    private SeenKeys seen;
    private ReadState state;
    private Completeness completeness;

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        seen = new SeenKeys(store, 1_000, clock);
        state = new ReadState(store, clock);
        completeness = new Completeness(store);
    }

    @Test
    void threeDeletedKeysAreMissing() {
        // more than one query may ask for
        List<TapEvent> events =
                IntStream.range(0, 1_201).mapToObj(i -> event(TYPE, "id-" + i)).toList();
        seen.delivered(0, events);
        sweep(HOUR, events);
        assertThat(completeness.check(HOUR)).hasSize(4).allMatch(hour -> hour.missing() == 0);

        for (TapEvent event : List.of(events.get(0), events.get(500), events.get(1_200))) {
            update("DELETE FROM seen WHERE key = ?", event.getKey().bytes());
        }

        assertThat(completeness.check(HOUR))
                .filteredOn(hour -> hour.stream().equals(TYPE.arrayName()))
                .singleElement()
                .satisfies(hour -> assertThat(
                                List.of(hour.keys().theirs(), hour.keys().ours(), hour.missing()))
                        .containsExactly(1_201L, 1_198L, 3L));
        assertThat(recent()).contains(new Completeness.Recent(HOUR, new SweptKeys(1_201, 1_198, 0, 0, 0)));
    }

    @Test
    void moreInSentinelThanReportedIsNotMissing() {
        seen.delivered(0, List.of(event(TYPE, "1"), event(TYPE, "cleared")));
        sweep(HOUR, List.of(event(TYPE, "1"), event(TYPE, "1")));

        assertThat(recent()).contains(new Completeness.Recent(HOUR, new SweptKeys(1, 1, 0, 0, 0)));
    }

    @Test
    void rejectedRecordIsNotMissingAndReplayDeliversIt() {
        seen.delivered(0, List.of(event(TYPE, "delivered")));
        seen.rejected(event(TYPE, "rejected"));
        seen.rejected(event(TYPE, "listed by its old key"));
        update(
                "UPDATE seen SET rejected = 2 WHERE key = ?",
                event(TYPE, "listed by its old key").getKey().bytes());
        sweep(
                HOUR,
                List.of(
                        event(TYPE, "delivered"),
                        event(TYPE, "rejected"),
                        event(TYPE, "listed by its old key"),
                        event(TYPE, "missing")));
        assertThat(recent()).contains(new Completeness.Recent(HOUR, new SweptKeys(4, 1, 0, 0, 2)));
        assertThat(recent().orElseThrow().missing()).isEqualTo(1);

        TapEvent replayed = EventLife.resend(event(TYPE, "rejected"));
        assertThat(Claim.of(seen, replayed)).isEqualTo(Claim.NEW);
        seen.delivered(0, List.of(replayed));

        assertThat(recent()).as("unchanged").contains(new Completeness.Recent(HOUR, new SweptKeys(4, 1, 0, 0, 2)));
        Completeness.Hour now = new Completeness.Hour(HOUR, TYPE.arrayName(), NOW, new SweptKeys(4, 2, 0, 0, 1));
        assertThat(completeness.check(HOUR)).contains(now);
        assertThat(store.<List<Completeness.Hour>>transaction(c -> Completeness.recorded(c, "tap", HOUR)))
                .contains(now);
        assertThat(recent()).contains(new Completeness.Recent(HOUR, new SweptKeys(4, 2, 0, 0, 1)));
        assertThat(now.missing()).isEqualTo(1);
    }

    @Test
    void sweptHoursOfSevenDaysAreSummed() {
        assertThat(recent()).isEmpty();
        List<TapEvent> events =
                IntStream.range(0, 200).mapToObj(i -> event(TYPE, "id-" + i)).toList();
        seen.delivered(0, events);
        store.transaction(connection -> {
            for (int i = 0; i < 200; i++) {
                completeness.swept(
                        connection,
                        HOUR.minus(Duration.ofHours(i)),
                        NOW,
                        keys(List.of(events.get(i), event(TYPE, "not-ours-" + i))));
            }
            return null;
        });

        assertThat(recent()).contains(new Completeness.Recent(HOUR, new SweptKeys(2 * 168, 168, 0, 0, 0)));
    }

    @Test
    void timeLostTwiceIsOneGap() {
        TimeRange first = range(0, 10);
        List<TimeRange> second = List.of(range(-5, 3), range(4, 8), range(9, 12));
        assertThat(state.commitPoll(
                        new Plan(Optional.empty(), List.of(), List.of(first), new Progress(NOW, NOW)),
                        new LedgerEntry(NOW, first, Purpose.POLL, Map.of()),
                        InTransaction.NOTHING))
                .containsExactly(first);

        assertThat(state.expire(second)).as("one gap that grew").containsExactly(range(-5, 12));
        assertThat(state.expire(second)).as("nothing new").isEmpty();

        assertThat(state.gaps()).containsExactly(new Gap(range(-5, 12), Gap.WAITED, NOW));
    }

    @Test
    void readsAndHoursAreDeletedAfterNinetyDaysAndGapsNever() {
        state.commitWithoutProgress(
                new LedgerEntry(NOW, range(0, 1), Purpose.SWEEP, Map.of(TYPE.arrayName(), Map.of("fetched", 1L))),
                InTransaction.NOTHING);
        state.expire(List.of(range(0, 1)));
        sweep(HOUR, List.of(event(TYPE, "1")));

        clock.advance(DAY.multipliedBy(7).minus(Duration.ofHours(5)));
        state.prune();
        assertThat(number("SELECT sum(length(keys)) FROM sweep"))
                .as("can still be compared")
                .isEqualTo(16);
        clock.advance(Duration.ofHours(6));
        state.prune();
        assertThat(number("SELECT sum(length(keys)) FROM sweep")).isZero();
        assertThat(recent())
                .as("its figures stay")
                .contains(new Completeness.Recent(HOUR, new SweptKeys(1, 0, 0, 0, 0)));

        clock.advance(DAY.multipliedBy(83).minus(Duration.ofHours(1)));
        state.prune();
        assertThat(number("SELECT count(*) FROM ledger") + number("SELECT count(*) FROM ledger_count"))
                .as("90 days to the millisecond")
                .isEqualTo(2);
        clock.advance(Duration.ofHours(1));
        state.prune();
        assertThat(number("SELECT count(*) FROM ledger")
                        + number("SELECT count(*) FROM ledger_count")
                        + number("SELECT count(*) FROM sweep"))
                .isZero();
        assertThat(number("SELECT count(*) FROM gap")).isEqualTo(1);
    }

    private void sweep(Instant hour, List<TapEvent> found) {
        store.transaction(connection -> {
            completeness.swept(connection, hour, NOW, keys(found));
            return null;
        });
    }

    private static HourKeys keys(List<TapEvent> found) {
        HourKeys keys = new HourKeys();
        found.forEach(event -> keys.add(event.ref()));
        return keys;
    }

    private void update(String sql, Object argument) {
        store.transaction(connection -> Sql.update(connection, sql, argument));
    }

    private static TimeRange range(int from, int to) {
        return new TimeRange(NOW.plus(Duration.ofHours(from)), NOW.plus(Duration.ofHours(to)));
    }

    private Optional<Completeness.Recent> recent() {
        return store.transaction(connection -> Completeness.recent(connection, store.source()));
    }
}
