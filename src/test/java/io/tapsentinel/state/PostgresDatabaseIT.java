package io.tapsentinel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.testing.PgBouncer;
import io.tapsentinel.testing.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server, a database or a role that somebody has set up otherwise than we need it. */
@Tag("full")
class PostgresDatabaseIT {

    private static final List<String> OURS = List.of(
            "transaction_isolation",
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "synchronous_commit",
            "tcp_keepalives_idle",
            "tcp_keepalives_interval",
            "tcp_keepalives_count",
            "tcp_user_timeout");

    private final Postgres postgres = Postgres.shared();

    @Test
    void whatARoleWasGivenForOthersDoesNotCount() throws SQLException {
        postgres.execute("CREATE ROLE impatient LOGIN PASSWORD '" + postgres.password() + "'");
        for (String setting : List.of(
                "default_transaction_isolation = 'serializable'",
                "statement_timeout = '1s'",
                "lock_timeout = '1s'",
                "idle_in_transaction_session_timeout = '1s'",
                "idle_session_timeout = '1s'",
                "synchronous_commit = 'off'")) {
            postgres.execute("ALTER ROLE impatient SET " + setting);
        }
        String url = postgres.newDatabase("OWNER impatient");

        try (Store store =
                Store.open(new StoreAddress(url, "impatient", postgres::password, ""), "tap", "https://tap.example")) {
            assertThat(store.<List<String>>transaction(PostgresDatabaseIT::settings))
                    .containsExactly("read committed", "0", "0", "0", "0", "on", "5", "2", "2", "9000");
        }
    }

    @Test
    void aStandbyIsRefusedAtEveryConnectionAndSaidToBeOne() throws Exception {
        try (Postgres server = Postgres.start();
                Store store = Store.open(
                        new StoreAddress(server.newDatabase(), server.user(), server::password, ""),
                        "tap",
                        "https://tap.example")) {
            server.standBy();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(store::tryTake).isInstanceOf(StoreException.class);
            }
            assertThatThrownBy(store::tryTake)
                    .hasMessageContaining("this server is a standby")
                    .hasMessageContaining("targetServerType=primary");
        }
    }

    @Test
    void aDatabaseThatCannotHoldEveryIdIsRefused() throws SQLException {
        String ascii = postgres.newDatabase("TEMPLATE template0 ENCODING 'SQL_ASCII'");

        assertThatThrownBy(() -> open(ascii))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("ENCODING 'UTF8'");
    }

    @Test
    void aStartWaitsForAnotherThatBringsTheTablesUpToDateAndThenHasTheUsualTimeOuts() throws Exception {
        String url = postgres.newDatabase();
        CompletableFuture<Store> second;
        try (Connection first = new PostgresDatabase(address(url)).connect()) {
            new PostgresDatabase(address(url)).alone(first);
            assertThat(first.getNetworkTimeout()).isZero();
            StoreSchema.migrate(first, true);
            second = CompletableFuture.supplyAsync(() -> open(url));
            assertThat(second).isNotDone();
            first.commit();
        }
        try (Store store = second.get(30, TimeUnit.SECONDS)) {
            assertThat(store.<Integer>transaction(Connection::getNetworkTimeout))
                    .isEqualTo(30_000);
        }
    }

    @Test
    void aPoolThatGivesEachTransactionAnotherSessionIsNoticedBeforeAnythingIsCommittedWithoutTheLock(
            @TempDir Path folder) throws Exception {
        try (PgBouncer pool = new PgBouncer(postgres, folder)) {
            // as with a newer one, which knows of prepared statements
            String pooled = pool.url(postgres.newDatabase()) + "?prepareThreshold=0";
            try (Store store = open(pooled);
                    Connection other = postgres.connect(pooled)) {
                assertThat(store.tryTake()).isTrue();
                store.transaction(connection -> null);
                other.setAutoCommit(false);
                other.createStatement().execute("SELECT 1");

                assertThatThrownBy(() -> store.transaction(connection -> null))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("gives each transaction another session")
                        .hasMessageContaining("a pool of sessions");
                assertThatThrownBy(() -> store.transaction(connection -> null))
                        .hasMessageContaining("held the lock of the source was lost");
            }
        }
    }

    private static List<String> settings(Connection connection) throws SQLException {
        List<String> values = new ArrayList<>();
        for (String name : OURS) {
            try (ResultSet row = connection.createStatement().executeQuery("SHOW " + name)) {
                row.next();
                values.add(row.getString(1));
            }
        }
        return values;
    }

    private Store open(String database) {
        return Store.open(address(database), "tap", "https://tap.example");
    }

    private StoreAddress address(String database) {
        return new StoreAddress(database, postgres.user(), postgres::password, "");
    }
}
