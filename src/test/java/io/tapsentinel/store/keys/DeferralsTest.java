package io.tapsentinel.store.keys;

import static io.tapsentinel.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.Ledger;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.SweptKeys;
import io.tapsentinel.store.ledger.TableBacklogs;
import io.tapsentinel.store.ledger.TableBacklogs.Count;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

public class DeferralsTest extends StoreFixture {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;
    private static final EventType OTHER = EventType.MESSAGES_DELIVERED;
    private static final Instant HOUR = Instant.parse("2026-11-20T07:00:00Z");

    private SeenKeys seen;
    private Deferrals deferrals;

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        seen = new SeenKeys(store, 1_000, clock);
        deferrals = seen.deferrals();
    }

    /** A proxy may answer an unknown path, or with a part of TAP's answer. */
    @Test
    void eventMissingAtTheOwnEndpointIsReadFromAllTypes() {
        defer(range(10_000, 10_060), event(TYPE, "1"));
        defer(range(20_000, 20_060), event(TYPE, "2"));
        assertThat(store.<Boolean>transaction(c -> deferrals.caughtUp(c, TYPE, range(10_000, 10_060), true)))
                .as("some is left to read")
                .isFalse();

        assertThat(store.<Boolean>transaction(c -> deferrals.caughtUp(c, TYPE, range(20_000, 20_060), true)))
                .isTrue();

        assertThat(counts().get(TYPE)).isEqualTo(new TableBacklogs.Count(2, 0));
        assertThat(deferrals.backlog().get(TYPE)).containsExactly(range(6_460, 10_060), range(16_460, 20_060));
        caughtUp(TYPE, range(6_460, 10_060));
        assertThat(caughtUp(TYPE, range(16_460, 20_060))).isEqualTo(2);
        assertThat(deferrals.backlog()).isEmpty();
    }

    @Test
    void completeCatchUpIsNotReadAgain() {
        defer(range(10_000, 10_060), event(TYPE, "1"));
        seen.delivered(0, List.of(event(TYPE, "1")));

        assertThat(store.<Boolean>transaction(c -> deferrals.caughtUp(c, TYPE, range(10_000, 10_060), true)))
                .isFalse();

        assertThat(deferrals.backlog()).isEmpty();
    }

    @Test
    void deferredEventsSurviveARestart() {
        defer(range(0, 10), event(TYPE, "1"), event(TYPE, "2"), event(OTHER, "3"));
        defer(range(5, 20), event(TYPE, "2"));
        defer(range(30, 40), event(TYPE, "4"));
        restart();

        assertThat(deferrals.backlog())
                .isEqualTo(Map.of(TYPE, List.of(range(0, 20), range(30, 40)), OTHER, List.of(range(0, 10))));
        assertThat(counts()).isEqualTo(Map.of(TYPE, new Count(3, 0), OTHER, new Count(1, 0)));
        assertThat(contains("1", "5")).containsExactly(true, false);
        assertThat(contains(new EventRef(OTHER, event(TYPE, "1").getKey())))
                .as("another type")
                .isFalse();
        assertThat(Claim.of(seen, event(TYPE, "1"))).as("it is not delivered").isEqualTo(Claim.NEW);
    }

    @Test
    void settledEventLeavesDeferredAndIsMarked() {
        defer(range(0, 10), event(TYPE, "1"), event(TYPE, "2"), event(TYPE, "3"), event(OTHER, "1"));
        TapEvent late = event(TYPE, "1");
        TapEvent fresh = event(TYPE, "fresh");
        TapEvent refused = event(TYPE, "2");

        seen.delivered(0, List.of(late, fresh));
        seen.rejected(refused);

        assertThat(List.of(late, fresh, refused))
                .extracting(TapEvent::isDeferredBefore)
                .containsExactly(true, false, true);
        assertThat(counts()).isEqualTo(Map.of(TYPE, new Count(1, 0), OTHER, new Count(1, 0)));
        assertThat(deferrals.backlog().get(TYPE)).as("a read alone ends it").containsExactly(range(0, 10));
    }

    @Test
    void filteredEventIsNeitherDeferredNorWithdrawn() {
        defer(range(0, 10), event(TYPE, "1"), event(TYPE, "2"));
        store.transaction(connection -> {
            seen.filtered(connection, keys(event(TYPE, "1")));
            return null;
        });
        assertThat(caughtUp(TYPE, range(0, 10))).as("the other one").isEqualTo(1);
        assertThat(contains("1", "2")).containsExactly(false, true);
    }

    @Test
    void moreKeysThanFitOneStatementAreDeferredAndSettled() {
        TapEvent[] events =
                IntStream.range(0, 1_201).mapToObj(i -> event(TYPE, "id-" + i)).toArray(TapEvent[]::new);
        defer(range(0, 10), events);
        assertThat(counts()).isEqualTo(Map.of(TYPE, new Count(1_201, 0)));

        seen.delivered(0, List.of(events).subList(0, 1_200));

        assertThat(counts()).isEqualTo(Map.of(TYPE, new Count(1, 0)));
        assertThat(List.of(events).subList(0, 1_200)).allMatch(TapEvent::isDeferredBefore);
    }

    @Test
    void withdrawnEventsAreListedByTypeAndTime() {
        defer(range(0, 10), event(TYPE, "1"), event(OTHER, "2"));
        assertThat(withdrawn()).as("while they are deferred").isEmpty();
        caughtUp(OTHER, range(0, 10));
        clock.advance(Duration.ofMinutes(5));
        caughtUp(TYPE, range(0, 10));

        assertThat(withdrawn())
                .containsExactly(
                        new TableBacklogs.Withdrawn(TYPE, event(TYPE, "1").getKey(), NOON.plusSeconds(300)),
                        new TableBacklogs.Withdrawn(OTHER, event(OTHER, "2").getKey(), NOON));
    }

    private List<TableBacklogs.Withdrawn> withdrawn() {
        return store.transaction(connection -> TableBacklogs.withdrawn(connection, store.source()));
    }

    @Test
    void eventThatTapNoLongerReportsIsWithdrawn() {
        defer(range(0, 20), event(TYPE, "1"), event(TYPE, "gone"));
        defer(range(0, 20), event(OTHER, "2"));

        assertThat(caughtUp(TYPE, range(0, 10))).as("some is left to read").isZero();
        assertThat(deferrals.backlog()).isEqualTo(Map.of(TYPE, List.of(range(10, 20)), OTHER, List.of(range(0, 20))));
        seen.delivered(0, List.of(event(TYPE, "1")));
        assertThat(caughtUp(TYPE, range(10, 20))).isEqualTo(1);

        assertThat(deferrals.backlog().keySet()).containsExactly(OTHER);
        assertThat(counts()).isEqualTo(Map.of(TYPE, new Count(0, 1), OTHER, new Count(1, 0)));
        assertThat(contains("gone")).containsExactly(true);
        assertThat(caughtUp(TYPE, range(0, 20))).as("once").isZero();
    }

    @Test
    void withdrawnEventCanBeDeferredAgainOrDelivered() {
        defer(range(0, 10), event(TYPE, "1"), event(TYPE, "2"));
        caughtUp(TYPE, range(0, 10));
        assertThat(counts()).isEqualTo(Map.of(TYPE, new Count(0, 2)));

        defer(range(20, 30), event(TYPE, "1"));
        TapEvent back = event(TYPE, "2");
        seen.delivered(0, List.of(back));

        assertThat(counts()).isEqualTo(Map.of(TYPE, new Count(1, 0)));
        assertThat(back.isDeferredBefore()).isTrue();
    }

    @Test
    void eventDeliveredByAnOlderProgramIsRemovedNotWithdrawn() {
        defer(range(0, 10), event(TYPE, "1"), event(TYPE, "2"));
        deliveredByAnOlderProgram(event(TYPE, "1"));
        deliveredByAnOlderProgram(new TapEvent(OTHER, event(TYPE, "2").getKey(), 0, NOON, new HashMap<>()));

        assertThat(caughtUp(TYPE, range(0, 10))).isEqualTo(1);

        assertThat(counts()).isEqualTo(Map.of(TYPE, new Count(0, 1)));
        assertThat(contains("1", "2")).containsExactly(false, true);
    }

    @Test
    void olderProgramDoesNotChangeTheBacklogOfTables() {
        defer(range(0, 10), event(TYPE, "1"));
        new ReadState(store, clock).expire(List.of(range(-10, 20)));

        assertThat(deferrals.backlog()).isEqualTo(Map.of(TYPE, List.of(range(0, 10))));
    }

    @Test
    void expiredTimeIsAGapAndItsDeferredEventsAreLost() {
        defer(range(-30, -20), event(TYPE, "lost"), event(OTHER, "lost"));
        defer(range(-30, -10), event(TYPE, "again"));
        clock.set(NOON.plusSeconds(60));
        defer(range(-20, 50), event(TYPE, "again"), event(TYPE, "young"));
        assertThat(deferrals.backlog().get(TYPE)).containsExactly(range(-30, 50));

        assertThat(deferrals.expire(TYPE, List.of(range(-30, 30)))).containsExactly(range(-30, 30));

        assertThat(deferrals.backlog())
                .isEqualTo(Map.of(TYPE, List.of(range(30, 50)), OTHER, List.of(range(-30, -20))));
        assertThat(contains("lost", "again", "young")).containsExactly(false, true, true);
        assertThat(contains(event(OTHER, "lost").ref())).isTrue();
        assertThat(new ReadState(store, clock).gaps())
                .containsExactly(new Gap(
                        range(-30, 30),
                        TYPE.table() + " was suspended for longer than the 7 days that TAP keeps",
                        clock.instant()));
    }

    @Test
    void eventAtTheEndOfExpiredTimeStaysDeferredForTheRest() {
        defer(range(0, 30), event(TYPE, "1"));
        defer(range(30, 50), event(TYPE, "2"));

        deferrals.expire(TYPE, List.of(range(0, 30)));

        assertThat(contains("1", "2")).containsExactly(true, true);
    }

    @Test
    void expiredTimeIsNoGapWhenAllEventsAreSettled() {
        TapEvent event = event(TYPE, "1");
        defer(range(0, 10), event);
        store.transaction(connection -> deferrals.settled(connection, TYPE, List.of(event.getKey())));

        assertThat(deferrals.expire(TYPE, List.of(range(0, 10)))).isEmpty();

        assertThat(deferrals.backlog()).isEmpty();
        assertThat(new ReadState(store, clock).gaps()).isEmpty();
    }

    @Test
    void repeatedlyProbedEventIsLostWithItsTime() {
        defer(range(0, 10), event(TYPE, "lost"));
        defer(range(50, 60), event(TYPE, "young"));
        clock.set(NOON.plus(Duration.ofDays(6)));
        defer(range(0, 10), event(TYPE, "lost"));

        assertThat(deferrals.expire(TYPE, List.of(range(0, 10)))).containsExactly(range(0, 10));

        assertThat(contains("lost", "young")).containsExactly(false, true);
    }

    @Test
    void eventsInTheRemainingBacklogStayAlthoughTheClockWasBehind() {
        clock.set(NOON.minus(Duration.ofDays(1)));
        defer(range(0, 100), event(TYPE, "1"));
        clock.set(NOON.plus(Duration.ofDays(7)));

        deferrals.expire(TYPE, List.of(range(0, 60)));

        assertThat(contains("1")).containsExactly(true);
    }

    @Test
    void lastExpiredTimeLosesAllDeferredEvents() {
        defer(range(0, 10), event(TYPE, "withdrawn"));
        caughtUp(TYPE, range(0, 10));
        clock.set(NOON.plusSeconds(60));
        defer(range(20, 30), event(TYPE, "1"));

        assertThat(deferrals.expire(TYPE, List.of(range(0, 30)))).containsExactly(range(0, 30));

        assertThat(deferrals.backlog()).isEmpty();
        assertThat(contains("1", "withdrawn")).containsExactly(false, true);
        assertThat(deferrals.expire(TYPE, List.of(range(0, 30))))
                .as("nothing new")
                .isEmpty();
    }

    @Test
    void withdrawnEventsAreDeletedAfterNinetyDays() {
        defer(range(0, 10), event(TYPE, "1"));
        caughtUp(TYPE, range(0, 10));
        defer(range(0, 10), event(OTHER, "2"));

        clock.set(NOON.plus(Ledger.KEPT));
        new ReadState(store, clock).prune();
        assertThat(counts()).containsOnlyKeys(TYPE, OTHER);
        clock.advance(Duration.ofMillis(1));
        new ReadState(store, clock).prune();
        assertThat(counts()).isEqualTo(Map.of(OTHER, new Count(1, 0)));
    }

    @Test
    void sweptHourCountsDeferredWithdrawnAndMissingEvents() {
        Completeness completeness = new Completeness(store);
        defer(range(0, 10), event(TYPE, "withdrawn"));
        caughtUp(TYPE, range(0, 10));
        defer(
                range(20, 30),
                event(TYPE, "deferred-1"),
                event(TYPE, "deferred-2"),
                event(TYPE, "deferred-3"),
                event(TYPE, "older"));
        deliveredByAnOlderProgram(event(TYPE, "older"));
        seen.delivered(0, List.of(event(TYPE, "ours")));
        HourKeys hour = keys(
                event(TYPE, "ours"),
                event(TYPE, "older"),
                event(TYPE, "deferred-1"),
                event(TYPE, "deferred-2"),
                event(TYPE, "deferred-3"),
                event(TYPE, "withdrawn"),
                event(TYPE, "missing"),
                event(OTHER, "deferred-1"));
        store.transaction(connection -> {
            completeness.swept(connection, HOUR, NOON, hour);
            return null;
        });

        Completeness.Hour found = new Completeness.Hour(HOUR, TYPE.arrayName(), NOON, new SweptKeys(7, 2, 3, 1, 0));
        Completeness.Hour other = new Completeness.Hour(HOUR, OTHER.arrayName(), NOON, new SweptKeys(1, 0, 0, 0, 0));
        assertThat(found.missing()).isEqualTo(1);
        assertThat(recorded()).contains(found, other);
        assertThat(recent()).contains(new Completeness.Recent(HOUR, new SweptKeys(8, 2, 3, 1, 0)));
        assertThat(recent().orElseThrow().missing()).isEqualTo(2);

        seen.delivered(0, List.of(event(TYPE, "deferred-1")));
        assertThat(recorded()).as("unchanged").contains(found);
        Completeness.Hour now = new Completeness.Hour(HOUR, TYPE.arrayName(), NOON, new SweptKeys(7, 3, 2, 1, 0));
        assertThat(store.<List<Completeness.Hour>>transaction(c -> Completeness.hours(c, "tap", HOUR, HOUR)))
                .contains(now);
        assertThat(completeness.check(HOUR)).contains(now);
        assertThat(recorded()).contains(now);
        clock.advance(Duration.ofDays(8));
        new ReadState(store, clock).prune();
        assertThat(completeness.check(HOUR)).as("its figures stay without keys").contains(now);
    }

    private List<Completeness.Hour> recorded() {
        return store.transaction(connection -> Completeness.recorded(connection, "tap", HOUR));
    }

    private void defer(TimeRange window, TapEvent... events) {
        store.transaction(connection -> {
            deferrals.deferred(connection, window, keys(events));
            return null;
        });
    }

    /** How many were withdrawn. */
    private long caughtUp(EventType type, TimeRange window) {
        long before = withdrawn(type);
        store.transaction(connection -> deferrals.caughtUp(connection, type, window, false));
        return withdrawn(type) - before;
    }

    private long withdrawn(EventType type) {
        return counts().getOrDefault(type, new TableBacklogs.Count(0, 0)).withdrawn();
    }

    /** Delivers as an older version does, which knows no deferred events. */
    private void deliveredByAnOlderProgram(TapEvent event) {
        KeyWriter older = new KeyWriter(KeyTables.of(store, 1_000, false, clock), store.source(), false);
        store.transaction(connection -> {
            older.delivered(connection, List.of(event));
            return null;
        });
    }

    private boolean contains(EventRef event) {
        return deferrals.among(event.type(), List.of(event)).contains(event);
    }

    private List<Boolean> contains(String... ids) {
        return List.of(ids).stream().map(id -> contains(event(TYPE, id).ref())).toList();
    }

    private static HourKeys keys(TapEvent... events) {
        HourKeys keys = new HourKeys();
        List.of(events).forEach(event -> keys.add(event.ref()));
        return keys;
    }

    private static TimeRange range(int from, int to) {
        return new TimeRange(NOON.plusSeconds(from), NOON.plusSeconds(to));
    }

    private Optional<Completeness.Recent> recent() {
        return store.transaction(connection -> Completeness.recent(connection, store.source()));
    }

    private Map<EventType, TableBacklogs.Count> counts() {
        return store.transaction(connection -> TableBacklogs.counts(connection, store.source()));
    }
}
