package io.tapsentinel.store.keys;

import static io.tapsentinel.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.StoreAddress;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.StoreSchema;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.SweptKeys;
import io.tapsentinel.store.ledger.TableBacklogs;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two programs on one PostgreSQL, each with its own {@code Store}. */
@Tag("full")
class SharedStoreIT {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;

    private final Postgres postgres = Postgres.shared();
    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
    private String url;
    private Store one;
    private Store other;

    @BeforeEach
    void open() throws SQLException {
        url = postgres.newDatabase();
        one = store();
        other = store();
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    @Test
    void onlyOneProgramHoldsTheSourceLock() {
        assertThat(one.locks().tryTake()).isTrue();
        assertThat(other.locks().tryTake()).isFalse();
        try (Store third = Store.open(postgres.address(url), "another", "https://tap.example")) {
            assertThat(third.locks().tryTake()).as("of another source").isTrue();
        }

        one.locks().giveBack();

        assertThat(other.locks().tryTake()).isTrue();
        assertThat(one.locks().tryTake()).isFalse();
    }

    @Test
    void oneProgramReportsForAll() throws SQLException {
        assertThat(one.locks().mayReport()).isTrue();
        assertThat(other.locks().mayReport()).isFalse();
        assertThat(other.locks().tryTake()).isTrue();
        other.locks().giveBack();
        assertThat(one.locks().tryTake()).isTrue();
        one.locks().giveBack();
        assertThat(one.locks().mayReport()).isTrue();
        assertThat(other.locks().mayReport()).isFalse();

        one.close();
        await().atMost(Duration.ofSeconds(5)).until(other.locks()::mayReport);
    }

    @Test
    void deadProgramReleasesTheSourceLockAtOnce() {
        assertThat(one.locks().tryTake()).isTrue();
        one.close();
        await().atMost(Duration.ofSeconds(5)).until(other.locks()::tryTake);
    }

    @Test
    void keysOfOneProgramAreKnownToTheOtherBeforeItReads() {
        SeenKeys ours = new SeenKeys(one, 1_000, clock);
        SeenKeys theirs = new SeenKeys(other, 1_000, clock);
        ours.delivered(0, List.of(event(TYPE, "1"), event(TYPE, "2")));
        ours.rejected(event(TYPE, "3"));

        theirs.catchUp();

        assertThat(Stream.of("1", "2", "3").map(id -> Claim.of(theirs, event(TYPE, id))))
                .containsOnly(Claim.DELIVERED);
        assertThat(Claim.of(theirs, event(TYPE, "4"))).isEqualTo(Claim.NEW);
    }

    /** With this driver option a batch of inserts does not return row counts. */
    @Test
    void batchedInsertsReportNewlyDeferredEvents() {
        StoreAddress plain = postgres.address(url);
        StoreAddress joining = new StoreAddress(
                plain.url() + (plain.url().contains("?") ? "&" : "?") + "reWriteBatchedInserts=true",
                plain.user(),
                plain.password(),
                "");
        TimeRange hour = new TimeRange(clock.instant().minusSeconds(3_600), clock.instant());
        HourKeys known = new HourKeys();
        HourKeys all = new HourKeys();
        IntStream.range(0, 7).forEach(i -> {
            all.add(event(TYPE, "" + i).ref());
            if (i < 3) {
                known.add(event(TYPE, "" + i).ref());
            }
        });
        try (Store store = Store.open(joining, "joining", "https://tap.example")) {
            Deferrals deferrals = new Deferrals(store, clock);
            assertThat(store.<Integer>transaction(c -> deferrals.deferred(c, hour, known)))
                    .isEqualTo(3);
            assertThat(store.<Boolean>transaction(c -> deferrals.caughtUp(c, TYPE, hour, false)))
                    .isFalse();
            assertThat(counts(store).get(TYPE).withdrawn()).isEqualTo(3);

            assertThat(store.<Integer>transaction(c -> deferrals.deferred(c, hour, all)))
                    .isEqualTo(4);

            assertThat(counts(store)).isEqualTo(Map.of(TYPE, new TableBacklogs.Count(7, 0)));
        }
    }

    @Test
    void filteredEventIsFilteredForTheOtherProgramToo() {
        SeenKeys ours = new SeenKeys(one, 1_000, clock);
        SeenKeys theirs = new SeenKeys(other, 1_000, clock);
        HourKeys filtered = new HourKeys();
        filtered.add(event(TYPE, "1").ref());
        one.transaction(connection -> {
            ours.filtered(connection, filtered);
            return null;
        });

        theirs.catchUp();

        assertThat(theirs.durable().filteredBefore(event(TYPE, "1"))).isPresent();
        assertThat(theirs.durable().filteredBefore(event(TYPE, "2"))).isEmpty();
        assertThat(Claim.of(theirs, event(TYPE, "1"))).isEqualTo(Claim.NEW);
    }

    @Test
    void programThatWasAwayForLongReloadsAllKeys() {
        SeenKeys ours = new SeenKeys(one, 1_000, clock);
        SeenKeys theirs = new SeenKeys(other, 1_000, clock);
        ours.delivered(0, List.of(event(TYPE, "1")));
        clock.advance(GainedKeys.KEPT.plusSeconds(1));
        ours.prune();
        ours.delivered(0, List.of(event(TYPE, "2")));
        assertThat(one.<Long>transaction(c -> Sql.number(c, "SELECT count(*) FROM gained")))
                .as("rows that are left")
                .isEqualTo(1);

        theirs.catchUp();

        assertThat(Claim.of(theirs, event(TYPE, "1"))).isEqualTo(Claim.DELIVERED);
        assertThat(Claim.of(theirs, event(TYPE, "2"))).isEqualTo(Claim.DELIVERED);
    }

    @Test
    void restoredDatabaseMakesTheProgramReloadItsKeys() throws SQLException {
        SeenKeys ours = new SeenKeys(one, 1_000, clock);
        SeenKeys theirs = new SeenKeys(other, 1_000, clock);
        ours.delivered(0, List.of(event(TYPE, "1")));
        theirs.catchUp();
        try (Connection connection = postgres.connect(url);
                Statement statement = connection.createStatement()) {
            for (String change :
                    List.of("DELETE FROM seen", "DELETE FROM gained", "UPDATE gained_last SET number = 0")) {
                statement.execute(change);
            }
        }
        postgres.cut(url, "application_name LIKE 'tap-sentinel %'");
        assertThatThrownBy(one::bytes).isInstanceOf(StoreException.class);
        assertThatThrownBy(other::bytes).isInstanceOf(StoreException.class);
        new SeenKeys(one, 1_000, clock).delivered(0, List.of(event(TYPE, "2")));

        theirs.catchUp();

        assertThat(Claim.of(theirs, event(TYPE, "2"))).isEqualTo(Claim.DELIVERED);
        assertThat(Claim.of(theirs, event(TYPE, "1")))
                .as("it is not in the restored one")
                .isEqualTo(Claim.NEW);
    }

    @Test
    void lostLockBlocksWritesUntilItIsReleased() throws SQLException {
        SeenKeys seen = new SeenKeys(one, 1_000, clock);
        assertThat(one.locks().tryTake()).isTrue();
        assertThat(postgres.cut(url, "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"))
                .isEqualTo(1);
        await().atMost(Duration.ofSeconds(5)).until(other.locks()::tryTake);

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> seen.delivered(0, List.of(event(TYPE, "1"))))
                    .isInstanceOf(StoreException.class);
        }
        assertThatThrownBy(() -> seen.sending(List.of(event(TYPE, "1"))))
                .hasMessageContaining("held the source's lock was lost");
        assertThat(other.<Long>transaction(c -> Sql.number(c, "SELECT count(*) FROM seen")))
                .isZero();

        one.locks().giveBack();
        assertThat(one.locks().tryTake()).as("as long as the other has it").isFalse();
        other.locks().giveBack();
        assertThat(one.locks().tryTake()).isTrue();
        seen.delivered(0, List.of(event(TYPE, "1")));
    }

    @Test
    void concurrentFirstStartsCreateTheTablesOnce() throws SQLException {
        String empty = postgres.newDatabase();
        List<CompletableFuture<Store>> starts = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> Store.open(postgres.address(empty), "tap", "https://tap.example")))
                .toList();
        starts.forEach(start -> start.join().close());
        try (Connection connection = postgres.connect(empty)) {
            assertThat(StoreSchema.found(connection)).isEqualTo(StoreSchema.version());
            assertThat(Sql.number(connection, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'qrtz%'"))
                    .isEqualTo(11);
        }
    }

    @Test
    void olderProgramWritesSweepsWithoutDeferredEvents() {
        HourKeys none = new HourKeys();
        one.transaction(connection -> Sql.update(
                connection,
                "INSERT INTO sweep VALUES (?, ?, ?, ?, ?, ?, ?)",
                "tap",
                0L,
                TYPE.arrayName(),
                1L,
                5L,
                3L,
                none.bytes(TYPE)));

        Optional<Completeness.Recent> recent =
                other.transaction(connection -> Completeness.recent(connection, other.source()));
        assertThat(recent).contains(new Completeness.Recent(Instant.EPOCH, new SweptKeys(5, 3, 0, 0, 0)));
    }

    @Test
    void deferredEventIsSettledByTheOtherProgram() {
        HourKeys keys = new HourKeys();
        keys.add(event(TYPE, "1").ref());
        TimeRange window = new TimeRange(clock.instant().minusSeconds(60), clock.instant());
        Deferrals ours = new SeenKeys(one, 1_000, clock).deferrals();
        one.transaction(connection -> {
            ours.deferred(connection, window, keys);
            return null;
        });
        SeenKeys theirs = new SeenKeys(other, 1_000, clock);
        assertThat(theirs.deferrals().backlog()).isEqualTo(Map.of(TYPE, List.of(window)));
        theirs.delivered(0, List.of(event(TYPE, "1")));

        assertThat(counts(one)).isEmpty();
    }

    private static Map<EventType, TableBacklogs.Count> counts(Store store) {
        return store.transaction(connection -> TableBacklogs.counts(connection, store.source()));
    }

    @Test
    void serverOutageIsReportedUntilItEnds() throws Exception {
        try (Postgres server = Postgres.start();
                Store store = Store.open(server.address(server.newDatabase()), "tap", "https://tap.example")) {
            server.kill();
            assertThatThrownBy(store::bytes)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("state.url: jdbc:postgresql://127.0.0.1");
            assertThat(store.failure()).isPresent();
            server.startAgain();

            assertThat(store.bytes()).isPositive();
            assertThat(store.failure()).isEmpty();
        }
    }

    private Store store() {
        return Store.open(postgres.address(url), "tap", "https://tap.example");
    }
}
