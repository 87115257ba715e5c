package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.Suspensions;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.TableBacklogs;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowPlanner;
import io.tapsentinel.tap.plan.WindowSize;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one run reads again for a suspended table. */
class CatchUpOrderTest extends StoreFixture {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;
    /** How far back TAP's history reaches for the planner. */
    private static final Duration HISTORY = Duration.ofDays(7).minusMinutes(5);

    private final TapClock tapClock = new TapClock(clock);

    private final Suspensions suspensions = new SentinelComponent(clock, clock.steady()).suspensions();
    private ReadState state;
    private Deferrals deferrals;
    private RequestBudget budget;
    private CatchUpOrder order;

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        tapClock.answered(NOON, NOON);
        state = new ReadState(store, clock);
        deferrals = new Deferrals(store, clock);
        budget = new RequestBudget(store, 20, 30, 5, tapClock, clock);
        order = new CatchUpOrder(
                new WindowPlanner(new WindowPlanner.Settings(
                        Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofHours(1), Optional.empty())),
                state,
                deferrals,
                suspensions,
                new PostponedReads(budget, clock),
                new SourceState(new TapBackoff(List.of(), Duration.ZERO), tapClock, new WindowSize(), clock));
    }

    @Test
    void timeThatExpiresDuringARunBecomesAGapWithoutARequest() {
        Instant edge = NOON.minus(HISTORY);
        defer(edge, edge.plus(Duration.ofHours(1)));
        order.expire();
        assertThat(state.gaps()).isEmpty();

        // a slow answer for the fresh window
        clock.advance(Duration.ofMinutes(10));

        Instant now = edge.plus(Duration.ofMinutes(10));
        assertThat(next()).contains(new TimeRange(now, edge.plus(Duration.ofHours(1))));
        assertThat(state.gaps()).extracting(Gap::time).containsExactly(new TimeRange(edge, now));
    }

    @Test
    void failedWindowIsRequestedFromAllOnceAndThenSkipped() {
        Instant from = NOON.minus(Duration.ofHours(5));
        defer(from, from.plus(Duration.ofHours(2)));
        List<String> asked = new ArrayList<>();
        for (Optional<CatchUpRead> next = order.next(); next.isPresent(); next = order.next()) {
            TimeRange window = next.get().window();
            asked.add(Duration.between(from, window.from()).toMinutes() + " min, for "
                    + window.length().toSeconds() + " s, " + next.get().path());
            order.passOver();
        }

        assertThat(asked)
                .containsExactly(
                        "0 min, for 3600 s, /v2/siem/clicks/blocked",
                        "0 min, for 1800 s, /v2/siem/all",
                        "30 min, for 900 s, /v2/siem/clicks/blocked",
                        "30 min, for 450 s, /v2/siem/all");
    }

    /** Each run may have time for one window only. */
    @Test
    void typeWithAFailedEndpointUsesAllUntilItHasCaughtUp() {
        Instant from = NOON.minus(Duration.ofHours(5));
        defer(from, from.plus(Duration.ofHours(2)));
        next();
        order.passOver();

        for (int run = 0; run < 5; run++) {
            order.begin();
            commit(Map.of());
        }
        assertThat(deferrals.backlog()).isEmpty();
        defer(from, from.plus(Duration.ofHours(1)));
        order.begin();
        assertThat(order.next()).map(DueRead::path).contains("/v2/siem/clicks/blocked");
    }

    private void commit(Map<String, Map<String, Long>> counts) {
        order.next().filter(ask -> ask.path().equals("/v2/siem/all")).ifPresent(ask -> commit(ask, counts));
    }

    private void commit(DueRead due, Map<String, Map<String, Long>> counts) {
        due.commit(new LedgerEntry(NOON, due.window(), Purpose.CATCH_UP, counts), connection -> {});
        order.committed();
    }

    /** A proxy may have answered. */
    @Test
    void missingEventsAreRequestedFromAllBeforeTheyAreWithdrawn() {
        Instant from = NOON.minus(Duration.ofHours(5));
        defer(from, from.plus(Duration.ofHours(1)));
        defer(from.plus(Duration.ofHours(2)), from.plus(Duration.ofHours(3)));
        List<String> asked = new ArrayList<>();
        for (Optional<CatchUpRead> next = order.next(); next.isPresent(); next = order.next()) {
            CatchUpRead ask = next.get();
            asked.add(Duration.between(from, ask.window().from()).toMinutes() + " min, " + ask.path() + ", "
                    + counts().get(TYPE).withdrawn() + " withdrawn");
            commit(ask, Map.of());
        }

        assertThat(asked)
                .containsExactly(
                        "0 min, /v2/siem/clicks/blocked, 0 withdrawn",
                        "120 min, /v2/siem/clicks/blocked, 0 withdrawn",
                        "120 min, /v2/siem/all, 0 withdrawn");
        assertThat(counts().get(TYPE).withdrawn()).isOne();
    }

    @Test
    void windowsGrowAgainFromRunToRun() {
        Instant from = NOON.minus(Duration.ofHours(5));
        defer(from, from.plus(Duration.ofHours(2)));
        for (int i = 0; i < 3; i++) {
            next();
            order.passOver();
        }
        order.begin();
        List<Long> seconds = new ArrayList<>();
        for (Optional<CatchUpRead> next = order.next(); next.isPresent(); next = order.next()) {
            CatchUpRead ask = next.get();
            seconds.add(ask.window().length().toSeconds());
            commit(ask, Map.of());
        }

        assertThat(seconds).startsWith(450L, 900L, 1_800L, 3_600L);
        assertThat(deferrals.backlog()).isEmpty();
    }

    @Test
    void failureOfOneTypeDoesNotDelayOthers() {
        defer(NOON.minus(Duration.ofHours(9)), NOON.minus(Duration.ofHours(5)));
        defer(EventType.CLICKS_PERMITTED, NOON.minus(Duration.ofHours(2)), NOON.minus(Duration.ofHours(1)));
        for (int i = 0; i < 4; i++) {
            assertThat(order.next()).map(ask -> ask.type()).contains(TYPE);
            order.passOver();
        }

        assertThat(order.next()).map(ask -> ask.type()).contains(EventType.CLICKS_PERMITTED);
    }

    /** Otherwise one bad record could fail every probe of a quiet table. */
    @Test
    void eachProbeOfASuspendedTableUsesADifferentWindow() {
        Instant from = NOON.minus(Duration.ofHours(5));
        defer(from, from.plus(Duration.ofHours(3)));
        List<Long> hours = new ArrayList<>();
        for (int probes = 0; probes < 5; probes++) {
            suspensions.of(TYPE).load(new Suspended(from, NOON.minusSeconds(1), probes, "refused"));
            hours.add(Duration.between(from, next().orElseThrow().from()).toHours());
        }

        assertThat(hours).containsExactly(0L, 1L, 2L, 0L, 1L);
    }

    @Test
    void exhaustedPoolDelaysItsOwnTypesOnly() {
        defer(EventType.CLICKS_PERMITTED, NOON.minus(Duration.ofHours(5)), NOON.minus(Duration.ofHours(4)));
        defer(NOON.minus(Duration.ofHours(2)), NOON.minus(Duration.ofHours(1)));

        useUp(Pool.CLICKS_PERMITTED);
        assertThat(order.next()).map(ask -> ask.type()).contains(TYPE);

        useUp(Pool.EVERYTHING_ELSE);
        assertThat(order.next()).isEmpty();

        clock.advance(Duration.ofHours(25));
        tapClock.answered(clock.now(), clock.now());
        useUp(Pool.EVERYTHING_ELSE);
        assertThat(order.next()).map(ask -> ask.type()).contains(EventType.CLICKS_PERMITTED);
    }

    private void useUp(Pool pool) {
        while (budget.left(pool, Purpose.CATCH_UP) > 0) {
            assertThat(budget.take(pool, Purpose.CATCH_UP)).isTrue();
        }
    }

    private Optional<TimeRange> next() {
        return order.next().map(DueRead::window);
    }

    private void defer(Instant from, Instant to) {
        defer(TYPE, from, to);
    }

    private void defer(EventType type, Instant from, Instant to) {
        store.transaction(connection -> {
            HourKeys keys = new HourKeys();
            keys.add(Events.event(type, "1").ref());
            return deferrals.deferred(connection, new TimeRange(from, to), keys);
        });
    }

    private Map<EventType, TableBacklogs.Count> counts() {
        return store.transaction(connection -> TableBacklogs.counts(connection, store.source()));
    }
}
