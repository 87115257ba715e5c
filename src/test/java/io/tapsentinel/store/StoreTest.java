package io.tapsentinel.store;

import static io.tapsentinel.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventType;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.Sighting;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.Gap;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.SuspensionTable;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.OlderStores;
import io.tapsentinel.testing.StoreFixture;
import io.tapsentinel.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

public class StoreTest extends StoreFixture {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;

    @Test
    void deliveredKeysSurviveARestart() {
        new SeenKeys(store, 1_000, clock).delivered(0, List.of(event(TYPE, "1"), event(TYPE, "2")));
        restart();
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.DELIVERED);
        assertThat(Claim.of(seen, event(TYPE, "3"))).isEqualTo(Claim.NEW);
        assertThat(Claim.of(seen, event(EventType.CLICKS_PERMITTED, "1")))
                .as("another type")
                .isEqualTo(Claim.NEW);
    }

    @Test
    void reservedKeysDoNotSurviveARestart() {
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.NEW);
        assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.RESERVED);
        restart();
        assertThat(Claim.of(new SeenKeys(store, 1_000, clock), event(TYPE, "1")))
                .isEqualTo(Claim.NEW);
    }

    @Test
    void onlyTheHolderCanReleaseAKey() {
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        TapEvent first = event(TYPE, "1");
        Claim.of(seen, first);

        assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.RESERVED);
        Claim.release(event(TYPE, "1"));
        assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.RESERVED);
        Claim.release(first);
        assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.NEW);
    }

    @Test
    void deliveredKeyIsDurableBeforeItsRelease() {
        TapEvent first = event(TYPE, "1");
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        Claim.of(seen, first);
        seen.delivered(0, List.of(first));

        assertThat(first.getOutcome()).isEqualTo(Outcome.RESERVED);
        assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.DELIVERED);
    }

    @Test
    void keysBeyondTheCacheAreLookedUpInTheStore() {
        List<TapEvent> events =
                IntStream.range(0, 2_500).mapToObj(i -> event(TYPE, "id-" + i)).toList();
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        seen.delivered(0, events);
        assertThat(events).allMatch(event -> Claim.of(seen, event(TYPE, event.getId())) == Claim.DELIVERED);
        assertThat(Claim.of(seen, event(TYPE, "other"))).isEqualTo(Claim.NEW);
        restart();
        SeenKeys later = new SeenKeys(store, 1_000, clock);
        assertThat(events).allMatch(event -> Claim.of(later, event(TYPE, event.getId())) == Claim.DELIVERED);
    }

    @Test
    void keyIsDeletedEightDaysAfterItsLastSighting() {
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        seen.delivered(0, List.of(event(TYPE, "old"), event(TYPE, "sighted")));
        clock.advance(Duration.ofDays(5));
        seen.sighted(List.of(new Sighting(
                event(TYPE, "sighted").ref(), event(TYPE, "sighted").getVerdict())));
        clock.advance(Duration.ofDays(3).plusSeconds(1));

        assertThat(seen.prune()).isEqualTo(1);
        assertThat(Claim.of(seen, event(TYPE, "old"))).isEqualTo(Claim.NEW);
        assertThat(Claim.of(seen, event(TYPE, "sighted"))).isEqualTo(Claim.DELIVERED);
    }

    @Test
    void verdictOfTheFirstDeliveryIsStored() {
        TapEvent event = event(TYPE, "1");
        new SeenKeys(store, 1_000, clock).delivered(0, List.of(event));

        assertThat(number("SELECT verdict FROM seen")).isEqualTo(event.getVerdict());
    }

    @Test
    void ledgerRowAndProgressAreOneTransaction() {
        TimeRange window = new TimeRange(NOON.minusSeconds(3_600), NOON);
        Plan plan = new Plan(
                Optional.of(window),
                List.of(new TimeRange(NOON.minusSeconds(9_000), NOON.minusSeconds(3_600))),
                List.of(new TimeRange(NOON.minusSeconds(90_000), NOON.minusSeconds(9_000))),
                new Progress(NOON.minusSeconds(90_000), NOON));
        LedgerEntry entry =
                new LedgerEntry(NOON, window, Purpose.POLL, Map.of(TYPE.arrayName(), Map.of("fetched", 3L, "new", 3L)));
        ReadState state = new ReadState(store, clock);
        state.commitPoll(plan, entry, InTransaction.NOTHING);
        // the same ledger row again is refused, and nothing of the second commit may stay
        Plan later = new Plan(plan.fresh(), List.of(), List.of(), new Progress(NOON, NOON.plusSeconds(300)));
        assertThatThrownBy(() -> state.commitPoll(later, entry, InTransaction.NOTHING))
                .isInstanceOf(StoreException.class);
        restart();
        ReadState after = new ReadState(store, clock);
        assertThat(after.progress()).contains(plan.progress());
        assertThat(after.backlog()).isEqualTo(plan.backlog());
        assertThat(after.gaps()).extracting(Gap::time).isEqualTo(plan.gaps());
        assertThat(number("SELECT events FROM ledger_count WHERE outcome = 'new'"))
                .isEqualTo(3);
    }

    @Test
    void readWindowLeavesTheBacklogAndExpiredTimeBecomesAGap() {
        TimeRange owed = new TimeRange(NOON.minusSeconds(10_800), NOON);
        TimeRange expired = new TimeRange(NOON.minusSeconds(10_800), NOON.minusSeconds(7_200));
        TimeRange window = new TimeRange(NOON.minusSeconds(7_200), NOON.minusSeconds(3_600));
        ReadState state = new ReadState(store, clock);
        state.commitPoll(
                new Plan(Optional.empty(), List.of(owed), List.of(), new Progress(NOON, NOON)),
                new LedgerEntry(NOON, owed, Purpose.POLL, Map.of()),
                InTransaction.NOTHING);

        state.expire(List.of(expired));
        state.commitBacklog(new LedgerEntry(NOON, window, Purpose.BACKLOG, Map.of()), InTransaction.NOTHING);

        assertThat(state.gaps()).containsExactly(new Gap(expired, Gap.WAITED, NOON));
        assertThat(state.backlog()).containsExactly(new TimeRange(NOON.minusSeconds(3_600), NOON));
    }

    @Test
    void storeOfAnotherServiceIsRefused() {
        store.close();
        assertThatThrownBy(() -> Store.open(url(), "tap", "https://other.example.com"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("https://tap.example.com")
                .hasMessageContaining("https://other.example.com");
        Store.open(url(), "second", "https://other.example.com").close();
    }

    @Test
    void storeOfVersionNineKeepsItsSweeps() throws SQLException {
        OlderStores.downgrade(store, 9);
        execute("INSERT INTO sweep VALUES ('tap', 0, 'clicksBlocked', 1, 5, 3, '')");
        restart();
        assertThat(new SuspensionTable(store).all()).isEmpty();
        assertThat(number("SELECT theirs - ours + deferred + withdrawn + rejected FROM sweep WHERE source = 'tap'"))
                .isEqualTo(2);
        for (String table : List.of("table_backlog", "deferred", "table_gap")) {
            assertThat(number("SELECT count(*) FROM " + table)).isZero();
        }
    }

    @Test
    void newerStoreIsRefusedWithBothVersions() throws SQLException {
        execute("UPDATE schema_version SET version = 99");
        store.close();

        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("version 99")
                .hasMessageContaining("up to " + StoreSchema.version());
    }

    private StoreAddress url() {
        return TestDatabase.address(folder.resolve("state/tap.db"));
    }
}
