package io.tapsentinel.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.Postgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A new version beside an older one on the same database: its store is committed as {@code store/postgresql-5.sql}. */
@Tag("full")
class RollingUpdateIT {

    private static final long ROWS = 200;

    private final Postgres postgres = Postgres.shared();
    private final MovableClock clock = new MovableClock(Instant.ofEpochMilli(1_763_640_002_000L));
    private String url;

    @BeforeEach
    void makeOldStore() throws Exception {
        url = postgres.newDatabase();
        try (Connection connection = postgres.connect(url);
                Statement statement = connection.createStatement();
                var script = RollingUpdateIT.class.getResourceAsStream("/store/postgresql-5.sql")) {
            statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void olderProgramKeepsWorkingDuringMigration() throws Exception {
        CountDownLatch atWork = new CountDownLatch(1);
        AtomicBoolean updated = new AtomicBoolean();
        CompletableFuture<Long> older = CompletableFuture.supplyAsync(() -> goOn(atWork, updated));
        atWork.await();
        try (Store store = open()) {
            updated.set(true);
            long written = older.join();
            assertThat(store.<Integer>transaction(StoreSchema::found)).isEqualTo(StoreSchema.version());
            assertThat(store.<Long>transaction(c -> Sql.number(c, "SELECT count(*) FROM seen")))
                    .isEqualTo(written + 1);
            assertThat(written).isGreaterThanOrEqualTo(ROWS);
        }
    }

    @Test
    void rowsOfTheOlderProgramAreUsed() {
        try (Store store = open()) {
            SeenKeys seen = new SeenKeys(store, 1_000, clock);
            ReadState state = new ReadState(store, clock);
            assertThat(seen.durable()
                            .contains(
                                    EventType.CLICKS_BLOCKED.arrayName(),
                                    EventKey.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"))))
                    .isTrue();
            assertThat(state.progress())
                    .hasValueSatisfying(
                            so -> assertThat(so.readTo()).isEqualTo(Instant.ofEpochMilli(1_763_640_000_000L)));
            assertThat(state.backlog()).hasSize(1);
            assertThat(state.gaps()).hasSize(1);
            assertThat(state.ledger().lastPoll()).contains(Instant.ofEpochMilli(1_763_640_001_000L));
            assertThat(store.locks().tryTake()).isTrue();
            assertThat(seen.recordAbandoned()).as("records in flight").isEqualTo(1);
        }
    }

    @Test
    void downgradeIsRefusedWithBothVersions() throws SQLException {
        open().close();
        int next = StoreSchema.version() + 1;
        try (Connection connection = postgres.connect(url)) {
            Sql.update(connection, "UPDATE schema_version SET version = ?", next);
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("version " + next)
                .hasMessageContaining("up to " + StoreSchema.version());
    }

    /** What the older program does all the time, with its own SQL: a batch's key, a window's commit, a query of the ledger. */
    private long goOn(CountDownLatch atWork, AtomicBoolean updated) {
        long rows = 0;
        try (Connection connection = postgres.connect(url)) {
            connection.setAutoCommit(false);
            while (rows < ROWS || !updated.get()) {
                rows++;
                byte[] key = new EventKey(99, rows).bytes();
                Sql.update(
                        connection,
                        "INSERT INTO in_flight VALUES (?, ?, ?, ?, ?, ?)",
                        "tap",
                        rows,
                        "clicksBlocked",
                        rows,
                        key,
                        "id");
                connection.commit();
                Sql.update(connection, "DELETE FROM in_flight WHERE source = ? AND batch = ?", "tap", rows);
                Sql.update(
                        connection,
                        "INSERT INTO seen (source, stream, key, first_seen, last_seen, verdict, added, rejected)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, stream, key) DO UPDATE SET rejected = 0",
                        "tap",
                        "clicksBlocked",
                        key,
                        rows,
                        rows,
                        7L,
                        rows,
                        0);
                connection.commit();
                Sql.update(connection, "DELETE FROM progress WHERE source = ?", "tap");
                Sql.update(connection, "INSERT INTO progress VALUES (?, ?, ?)", "tap", 1L, rows);
                Sql.update(
                        connection, "INSERT INTO ledger VALUES (?, ?, ?, ?, ?)", "tap", rows, rows, rows + 1, "poll");
                Sql.update(
                        connection,
                        "INSERT INTO request_log VALUES (?, ?, ?, ?)",
                        "tap",
                        "everything-else",
                        rows,
                        "poll");
                connection.commit();
                Sql.number(connection, "SELECT count(*) FROM ledger WHERE source = ?", "tap");
                connection.commit();
                atWork.countDown();
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            atWork.countDown();
        }
    }

    private Store open() {
        return Store.open(postgres.address(url), "tap", "https://tap.example.com");
    }
}
