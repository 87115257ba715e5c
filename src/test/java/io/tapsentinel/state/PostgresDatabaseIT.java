package io.tapsentinel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.trial.PgBouncer;
import io.tapsentinel.trial.Postgres;
import io.tapsentinel.trial.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server, a database or a role that somebody has set up otherwise than we need it. */
@Tag(TestDatabase.ONE)
@Tag("full")
class PostgresDatabaseIT {

    private static final List<String> OURS = List.of("transaction_isolation", "statement_timeout", "lock_timeout",
            "idle_in_transaction_session_timeout", "idle_session_timeout", "synchronous_commit", "tcp_keepalives_idle",
            "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout");

    private Postgres postgres;
    private String url;

    @BeforeEach
    void start() throws Exception {
        postgres = Postgres.start();
        url = postgres.newDatabase();
    }

    @AfterEach
    void stop() throws IOException {
        postgres.close();
    }

    @Test
    void whatARoleWasGivenForOthersDoesNotCount() throws SQLException {
        change("ALTER ROLE tap SET default_transaction_isolation = 'serializable'", "ALTER ROLE tap SET statement_timeout = '1s'",
                "ALTER ROLE tap SET lock_timeout = '1s'", "ALTER ROLE tap SET idle_in_transaction_session_timeout = '1s'",
                "ALTER ROLE tap SET idle_session_timeout = '1s'", "ALTER ROLE tap SET synchronous_commit = 'off'");

        try (Store store = open(url)) {
            assertThat(store.<List<String>>transaction(PostgresDatabaseIT::settings))
                    .containsExactly("read committed", "0", "0", "0", "0", "on", "5", "2", "2", "9000");
        }
    }

    @Test
    void aStandbyIsRefusedAtEveryConnectionAndSaidToBeOne() throws Exception {
        try (Store store = open(url)) {
            postgres.standBy();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(store::tryTake).isInstanceOf(StoreException.class);
            }
            assertThatThrownBy(store::tryTake).hasMessageContaining("this server is a standby").hasMessageContaining("targetServerType=primary");
        }
    }

    @Test
    void aDatabaseThatCannotHoldEveryIdIsRefused() throws SQLException {
        String ascii = postgres.newDatabase("TEMPLATE template0 ENCODING 'SQL_ASCII'");

        assertThatThrownBy(() -> open(ascii)).isInstanceOf(StoreException.class).hasMessageContaining("ENCODING 'UTF8'");
    }

    @Test
    void aStartWaitsForAnotherThatBringsTheTablesUpToDateAndThenHasTheUsualTimeOuts() throws Exception {
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
            assertThat(store.<Integer>transaction(Connection::getNetworkTimeout)).isEqualTo(30_000);
        }
    }

    @Test
    void aPoolThatGivesEachTransactionAnotherSessionIsNoticedBeforeAnythingIsCommittedWithoutTheLock(@TempDir Path folder) throws Exception {
        try (PgBouncer pool = new PgBouncer(postgres, folder)) {
            // as with a newer one, which knows of prepared statements
            String pooled = pool.url(url) + "?prepareThreshold=0";
            try (Store store = open(pooled); Connection other = postgres.connect(pooled)) {
                assertThat(store.tryTake()).isTrue();
                store.transaction(connection -> null);
                other.setAutoCommit(false);
                other.createStatement().execute("SELECT 1");

                assertThatThrownBy(() -> store.transaction(connection -> null)).isInstanceOf(StoreException.class)
                        .hasMessageContaining("gives each transaction another session").hasMessageContaining("a pool of sessions");
                assertThatThrownBy(() -> store.transaction(connection -> null)).hasMessageContaining("held the lock of the source was lost");
            }
        }
    }

    private void change(String... statements) throws SQLException {
        try (Connection connection = postgres.connect(url); Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
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
